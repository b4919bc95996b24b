"""Make sure that there is a browser; `make test` begins with this."""

import sys

from tests.browser import chromium

sys.stderr.write(f"Browser for the tests: {chromium.install()}\n")
