"""The invented organisation: accounts, regions, trails, roles, users, buckets, addresses and agents."""

from dataclasses import dataclass

from .credential import unique_id
from .dice import Dice

ORGANISATION = "o-exampleorg1"
BUILD = "111122223333"
"""Where software is built. The leaked key lives here."""
PRODUCTION = "444455556666"
"""Where the business runs."""
MANAGEMENT = "777788889999"
"""Management account of the organisation; owns the organisation trail and the log bucket."""
ACCOUNTS = (BUILD, PRODUCTION, MANAGEMENT)
STRANGER = "999988887777"
"""An account outside the organisation, used by the intruder."""
VENDOR = "123456789012"
"""An account outside the organisation, used by a monitoring vendor under contract."""

HOME = "us-east-1"
OREGON = "us-west-2"
IRELAND = "eu-west-1"
SYDNEY = "ap-southeast-2"
REGIONS = (HOME, OREGON, IRELAND, SYDNEY)

LOG_BUCKET = "example-org-cloudtrail-777788889999"
ARTIFACTS = "example-build-artifacts"
EXPORTS = "example-prod-customer-exports"
BACKUPS = "example-prod-db-backups"
ORDERS = "example-prod-order-documents"
EU_REPORTS = "example-prod-eu-reports"
WEBSITE = "example-prod-public-website"
FLOW_LOGS = "example-prod-flow-logs"
BUCKET_HOMES = {
    LOG_BUCKET: (MANAGEMENT, HOME),
    ARTIFACTS: (BUILD, HOME),
    EXPORTS: (PRODUCTION, HOME),
    BACKUPS: (PRODUCTION, HOME),
    ORDERS: (PRODUCTION, HOME),
    EU_REPORTS: (PRODUCTION, IRELAND),
    WEBSITE: (PRODUCTION, HOME),
    FLOW_LOGS: (PRODUCTION, HOME),
}

RUNNER_ADDRESSES = ("198.51.100.20", "198.51.100.21")
APP_ADDRESSES = ("198.51.100.64", "198.51.100.65")
EU_APP_ADDRESS = "198.51.100.96"
OFFICE_ADDRESSES = ("192.0.2.10", "192.0.2.11", "192.0.2.12")
OFFICE_IPV6 = "2001:db8:10::25"
VENDOR_ADDRESS = "203.0.113.40"
INTRUDER_FIRST = "203.0.113.77"
INTRUDER_SECOND = "203.0.113.214"
INTRUDER_IPV6 = "2001:db8:bad:c0de::17"

AGENT_RUNNER = "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.79-99.164.amzn2023.x86_64 exe/x86_64.amzn.2023 prompt/off"
AGENT_TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.7.4 (+https://www.terraform.io) terraform-provider-aws/5.39.1 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.25.3 os/linux lang/go#1.21.8"
)
AGENT_LAMBDA = (
    "Boto3/1.34.42 md/Botocore#1.34.42 ua/2.0 os/linux#5.10.213 lang/python#3.12.2 exec-env/AWS_Lambda_python3.12"
)
AGENT_SERVER = "aws-sdk-java/2.25.11 Linux/6.1.79-99.164.amzn2023.x86_64 OpenJDK_64-Bit_Server_VM/21.0.2+13-LTS"
AGENT_SSM = "aws-sdk-go/1.44.260 (go1.20.10; linux; amd64) amazon-ssm-agent/3.2.2303.0"
AGENT_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0"
AGENT_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36"
)
AGENT_VENDOR = "aws-sdk-go-v2/1.24.1 os/linux lang/go#1.21.7 md/GOOS#linux md/GOARCH#amd64 metrics-collector/7.51"
AGENT_CHECKER = "TruffleHog"
AGENT_INTRUDER = "aws-cli/2.13.5 Python/3.11.4 Linux/6.5.0-kali3-amd64 exe/x86_64.kali.2023 prompt/off"
AGENT_INTRUDER_SCRIPT = "Boto3/1.28.17 md/Botocore#1.31.17 ua/2.0 os/linux#6.5.0-kali3-amd64 lang/python#3.11.4"


@dataclass(frozen=True, slots=True)
class Trail:
    """One trail and how it delivers."""

    name: str
    account: str
    """Owner of the trail."""
    organisation: bool
    phase_s: int
    """Seconds after the full hour at which each digest window ends, the same in every region."""
    lag_s: int
    """Seconds between an event and the earliest slot it may be in."""

    @property
    def arn(self) -> str:
        """The trail's ARN; both trails have `HOME` as home region."""
        return f"arn:aws:cloudtrail:{HOME}:{self.account}:trail/{self.name}"

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(account, region) pairs it covers."""
        if self.organisation:
            return tuple((account, region) for account in ACCOUNTS for region in REGIONS)
        return ((self.account, HOME),)


ORG_TRAIL = Trail("org-trail", MANAGEMENT, True, 17 * 60 + 42, 45)
PROD_TRAIL = Trail("prod-audit_v2", PRODUCTION, False, 41 * 60 + 9, 80)
TRAILS = (ORG_TRAIL, PROD_TRAIL)


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role."""

    account: str
    name: str
    path: str = "/"

    @property
    def arn(self) -> str:
        """``arn:aws:iam::…:role/path/name``."""
        return f"arn:aws:iam::{self.account}:role{self.path}{self.name}"

    @property
    def unique_id(self) -> str:
        """``AROA…``."""
        return unique_id("AROA", self.account, self.name)


@dataclass(frozen=True, slots=True)
class User:
    """An IAM user."""

    account: str
    name: str

    @property
    def arn(self) -> str:
        """``arn:aws:iam::…:user/name``."""
        return f"arn:aws:iam::{self.account}:user/{self.name}"

    @property
    def unique_id(self) -> str:
        """``AIDA…``."""
        return unique_id("AIDA", self.account, self.name)


CI_DEPLOY = User(BUILD, "ci-deploy")
BREAKGLASS = User(PRODUCTION, "breakglass-ops")
PIPELINE_OIDC = Role(BUILD, "pipeline-oidc", "/ci/")
PIPELINE_RUNNER = Role(BUILD, "pipeline-runner", "/ci/")
PROD_DEPLOYER = Role(PRODUCTION, "prod-deployer", "/deploy/")
AUDIT_AUTOMATION = Role(MANAGEMENT, "org-audit-automation")
BACKUP_OPERATOR = Role(PRODUCTION, "backup-operator")
SUPPORT_READONLY = Role(PRODUCTION, "support-readonly")
ORDERS_PROCESSOR = Role(PRODUCTION, "orders-processor", "/service-role/")
REPORT_BUILDER = Role(PRODUCTION, "report-builder", "/service-role/")
WEB_APP = Role(PRODUCTION, "web-app-instance")
DEPLOYER_POLICY = f"arn:aws:iam::{PRODUCTION}:policy/deploy/prod-deployer-baseline"
DATA_KEY = f"arn:aws:kms:{HOME}:{PRODUCTION}:key/1b7c9d2e-55aa-4c1e-9b1f-0a1b2c3d4e5f"


def single_sign_on(account: str, permission_set: str) -> Role:
    """The role IAM Identity Center keeps in an account for a permission set."""
    suffix = Dice(f"permission-set/{account}/{permission_set}").hexes(16)
    return Role(account, f"AWSReservedSSO_{permission_set}_{suffix}", f"/aws-reserved/sso.amazonaws.com/{IRELAND}/")
