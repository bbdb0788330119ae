import uvicorn

from src.config import Settings


def main() -> None:
    settings = Settings()
    uvicorn.run(
        "src.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        forwarded_allow_ips=["10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
    )


if __name__ == "__main__":
    main()
