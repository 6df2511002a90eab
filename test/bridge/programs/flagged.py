"""Cannot be imported while the file that SONDE_FLAG names is not there."""

import os

from sonde_worker import function

if not os.path.exists(os.environ["SONDE_FLAG"]):
    raise RuntimeError("no flag")


@function
def ok():
    return True
