import asyncio
import hashlib
import secrets


async def hash_password(password: str) -> str:
    salt = secrets.token_bytes(16)
    key = await asyncio.to_thread(hashlib.scrypt, password.encode(), salt=salt, n=2**12, r=8, p=1)
    return f"scrypt${salt.hex()}${key.hex()}"
