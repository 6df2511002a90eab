"""What runs inside a Python worker process. Standard library only, Python 3.9 or later."""
