import uvicorn

from src.config import Settings


def main() -> None:
    settings = Settings()
    uvicorn.run(
        "src.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        forwarded_allow_ips="10.0.0.0/8," + settings.trusted_proxies,
    )


if __name__ == "__main__":
    main()
