"""uvloop: asyncio's server, on libuv's event loop instead of the standard library's."""
import asyncio

import uvloop

from servers.asyncio.server import main

uvloop.install()
asyncio.run(main())
