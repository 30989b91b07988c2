"""Where uploaded pages are kept: write once, read, delete."""

from app.gateways.storage.local import LocalStorage
from app.gateways.storage.protocol import AlreadyStored, Kept, NotStored, Storage, StorageDown
from app.gateways.storage.s3 import S3Storage
from app.gateways.storage.sealed import SealedStorage

__all__ = [
    "AlreadyStored",
    "Kept",
    "LocalStorage",
    "NotStored",
    "S3Storage",
    "SealedStorage",
    "Storage",
    "StorageDown",
]
