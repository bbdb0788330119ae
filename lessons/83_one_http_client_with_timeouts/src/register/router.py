from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from src.register.dependencies import RegisterDep
from src.register.schemas import Entries, Entry
from src.users.dependencies import require_admin

router = APIRouter(prefix="/admin/register", tags=["admin"], dependencies=[Depends(require_admin)])


@router.get("/{number}")
async def find_licence(
    register: RegisterDep, number: Annotated[str, Path(pattern=r"^[A-Z]{2}-\d{5}$")]
) -> Entry:
    return await register.find(number)


@router.get("")
async def search_licences(
    register: RegisterDep, name: Annotated[str, Query(min_length=3, max_length=150)]
) -> Entries:
    return await register.search(name)
