"""A revival of the public interface of Syncless; see ../README.md."""
