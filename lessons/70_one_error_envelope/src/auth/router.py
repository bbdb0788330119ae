from fastapi import APIRouter, Request, status

from src.auth.schemas import AccountPublic, NewAccount

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=status.HTTP_201_CREATED)
async def register(new: NewAccount, request: Request) -> AccountPublic:
    account: AccountPublic = await request.app.state.accounts.add(new)
    return account
