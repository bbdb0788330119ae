import sys

import uvicorn

from src.config import Settings
from src.main import create_app


def main() -> None:
    settings = Settings()
    app = create_app()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        timeout_graceful_shutdown=settings.grace_seconds,
    )
    server = uvicorn.Server(config)
    app.state.is_stopping = lambda: server.should_exit
    server.run()
    if not server.started:
        sys.exit(1)


if __name__ == "__main__":
    main()
