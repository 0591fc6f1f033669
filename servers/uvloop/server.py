"""uvloop: the server of asyncio, on the event loop of libuv in place of the standard library's."""
import asyncio

import uvloop

from servers.asyncio.server import main

uvloop.install()
asyncio.run(main())
