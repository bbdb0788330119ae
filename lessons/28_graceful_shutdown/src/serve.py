import sys

import uvicorn

from src.config import Settings
from src.main import create_app


def main() -> None:
    settings = Settings()
    config = uvicorn.Config(
        create_app(),
        host=settings.host,
        port=settings.port,
        timeout_graceful_shutdown=settings.grace_seconds,
    )
    server = uvicorn.Server(config)
    server.run()
    if not server.started:
        sys.exit(1)


if __name__ == "__main__":
    main()
