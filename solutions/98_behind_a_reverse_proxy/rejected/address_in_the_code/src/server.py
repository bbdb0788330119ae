import uvicorn

from src.config import Settings


def main() -> None:
    settings = Settings()
    uvicorn.run(
        "src.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        forwarded_allow_ips="10.20.0.5",
    )


if __name__ == "__main__":
    main()
