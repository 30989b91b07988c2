"""The generated screens, and the map: which view stands where in which menu."""

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder

from app import again, dev, health
from app.api import surface as api
from app.desk import surface as desk
from app.extensions import db
from app.hall import case_pages
from app.hall.help import HelpView
from app.hall.installed import InstalledView
from app.hall.people import people_pages
from app.office import surface as office
from app.screens.cases import CaseEventScreen, CaseScreen, MaterialScreen
from app.screens.front_notices import FrontNoticeScreen
from app.screens.holders import AccountScreen, ApplicantScreen
from app.screens.installation import AgencyScreen, ImportScreen, JobRunScreen, PackageScreen
from app.screens.money import BatchScreen, LedgerScreen, PayoutScreen
from app.screens.national import BankScreen, CardPrefixScreen, WorkingDayScreen
from app.screens.own import (
    MyAccountsScreen,
    MyApplicationsScreen,
    MyCardsScreen,
    MyMaterialsScreen,
)  # fmt: skip
from app.screens.papers import MaterialTypeScreen, RequirementScreen, ReturnReasonScreen
from app.screens.records import AuditScreen
from app.screens.reference import FactScreen, PolicySettingScreen, ReasonScreen
from app.screens.staff import RoleScreen, StaffScreen
from app.screens.standing import StandingOrderScreen

MENUS: dict[str, tuple[str, tuple[tuple[str, str, Any], ...]]] = {
    "Hall": ("Hall", (
        ("MyApplications", "My applications", MyApplicationsScreen),
        ("MyAccounts", "My accounts", MyAccountsScreen),
        ("MyMaterials", "My materials", MyMaterialsScreen),
        ("MyCards", "My cards", MyCardsScreen),
    )),
    "Work": ("Work", (
        ("Cases", "Applications", CaseScreen),
        ("Materials", "Materials", MaterialScreen),
        ("StandingOrders", "Agreements", StandingOrderScreen),
        ("Applicants", "Applicants", ApplicantScreen),
        ("Accounts", "Accounts", AccountScreen),
    )),
    "Money": ("Money", (
        ("Payouts", "Payments", PayoutScreen),
        ("PayoutBatches", "Payment batches", BatchScreen),
    )),
    "ReferenceData": ("Reference data", (
        ("Reasons", "Reasons", ReasonScreen),
        ("MaterialTypes", "Material types", MaterialTypeScreen),
        ("Requirements", "Requirements", RequirementScreen),
        ("ReturnReasons", "Return reasons", ReturnReasonScreen),
        ("Facts", "Facts", FactScreen),
        ("PolicySettings", "Numbers of the fund", PolicySettingScreen),
        ("Banks", "Banks", BankScreen),
        ("CardPrefixes", "Card prefixes", CardPrefixScreen),
        ("WorkingDays", "Working days", WorkingDayScreen),
    )),
    "Records": ("Records", (
        ("Audit", "Audit", AuditScreen),
        ("Ledger", "Ledger", LedgerScreen),
        ("CaseEvents", "Case history", CaseEventScreen),
    )),
    "Administration": ("Administration", (
        ("Users", "Users", StaffScreen),
        ("Roles", "Roles", RoleScreen),
        ("Agencies", "Agencies", AgencyScreen),
        ("Packages", "Packages", PackageScreen),
        ("FrontNotices", "Notices of the front page", FrontNoticeScreen),
        ("Imports", "Imported accounts", ImportScreen),
    )),
}  # fmt: skip
"""Category, its words, and its entries: name (of the right), words, screen."""


def init_app(app: Flask) -> AppBuilder:
    """Make the AppBuilder of this application and hang every view on it."""
    appbuilder = AppBuilder(app, db.session)
    appbuilder.add_view_no_menu(HelpView)
    appbuilder.add_view_no_menu(InstalledView)
    case_pages.add_to(appbuilder)
    people_pages.add_to(appbuilder)
    add_screens(appbuilder)
    desk.add_to(appbuilder)
    office.add_to(appbuilder)
    appbuilder.add_view_no_menu(JobRunScreen)
    api.add_to(appbuilder)
    again.init_app(app)
    appbuilder.add_view_no_menu(again.AgainView)
    health.init_app(app)
    dev.init_app(app)
    return appbuilder


def add_screens(appbuilder: AppBuilder) -> None:
    """Hang the generated screens on their menus."""
    for category, (words, entries) in MENUS.items():
        for name, label, view in entries:
            appbuilder.add_view(
                view, name, label=label, category=category, category_label=words
            )
