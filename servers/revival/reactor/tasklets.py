"""The tasklets of this interpreter: `stackless` is PyPy's own module, or else ours on greenlets."""
try:
    import stackless
except ImportError:
    from reactor import greenlets as stackless
else:
    # PyPy's main tasklet claims to be dead, so that it could not be inserted again after it had blocked.
    stackless.getmain().alive = True
