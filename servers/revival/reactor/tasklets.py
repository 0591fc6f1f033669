"""The tasklets of this interpreter: `stackless` is PyPy's own module, or else ours on greenlets."""
try:
    import stackless
except ImportError:
    from reactor import greenlets as stackless
else:
    # PyPy's main tasklet says that it is dead, and so could not be inserted once it had blocked.
    stackless.getmain().alive = True
