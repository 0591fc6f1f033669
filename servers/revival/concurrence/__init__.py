"""A revival of the public interface of Concurrence; see ../README.md."""
from reactor.hub import hub
from reactor.tasklets import stackless

__all__ = ['Tasklet', 'dispatch']


class Tasklet:
    """Tasklet.new(function)(arguments...) starts a tasklet."""

    @staticmethod
    def new(function):
        return stackless.tasklet(function)


def dispatch(function=None):
    """Runs the tasklets for ever, with function as the first."""
    if function:
        Tasklet.new(function)()
    hub.start()
    stackless.schedule_remove()
