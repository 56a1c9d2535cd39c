//! Commands that take a password as an argument: which argument, and how it is written. One row per command; facts from the
//! manual page of each.

use super::way::Way::{self, After, Colon, Comma, Glued, Named, Option as Opt, Percent, Second, Slash, Stdin, Word};

/// A command, the words that must stand behind its name, and how it takes the password.
pub(super) struct Row {
    /// Name in small letters; several ones of one kind in one row.
    pub(super) names: &'static [&'static str],
    /// One of these words stands among its arguments; empty: none has to.
    pub(super) with: &'static [&'static str],
    pub(super) ways: &'static [Way],
}

const fn row(names: &'static [&'static str], with: &'static [&'static str], ways: &'static [Way]) -> Row {
    Row { names, with, ways }
}

/// All of them. `-p` and the like mean something else to other commands, which therefore have no row.
#[rustfmt::skip]
pub(super) const TABLE: &[Row] = &[
    // Databases.
    row(&["mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mysqlshow", "mysqlslap", "mysqlbinlog", "mariadb", "mariadb-dump", "mariadb-admin", "mysqlsh"], &[], &[Glued("-p")]),
    row(&["mysqladmin"], &["password"], &[After("password")]),
    row(&["redis-cli", "keydb-cli", "valkey-cli"], &[], &[Opt("-a"), Opt("--pass")]),
    row(&["redis-server", "valkey-server"], &[], &[Opt("--requirepass"), Opt("--masterauth")]),
    row(&["sqlcmd", "osql", "isql", "tsql"], &[], &[Opt("-P"), Glued("-P")]),
    row(&["sqlplus", "sqlldr", "expdp", "impdp", "rman", "sqlcl"], &[], &[Slash]),
    row(&["mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport", "mongostat", "mongotop", "mongofiles"], &[], &[Opt("-p"), Glued("-p")]),
    row(&["db2"], &["connect", "attach"], &[After("using")]),
    row(&["cqlsh", "nodetool"], &[], &[Opt("-p"), Opt("-pw")]),
    row(&["influx"], &[], &[Opt("-password"), Opt("-p")]),
    row(&["neo4j-admin", "cypher-shell"], &[], &[Opt("-p"), After("set-initial-password")]),
    row(&["hdbsql"], &[], &[Opt("-p")]),
    row(&["vsql", "nzsql"], &[], &[Opt("-w"), Opt("-pw"), Opt("-W")]),
    row(&["beeline"], &[], &[Opt("-p")]),
    // Directories.
    row(&["ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldappasswd", "ldapwhoami", "ldapcompare"], &[], &[Opt("-w"), Opt("-s")]),
    row(&["smbclient", "rpcclient", "smbmap"], &[], &[Opt("-p"), Opt("--password")]),
    row(&["smbclient", "rpcclient"], &[], &[Percent("-U"), Percent("--user")]),
    row(&["kadmin", "kadmin.local"], &[], &[Opt("-w"), Opt("-pw")]),
    // Remote access and file transfer.
    row(&["sshpass"], &[], &[Opt("-p"), Glued("-p")]),
    row(&["curl"], &[], &[Colon("-u"), Colon("--user"), Colon("-U"), Colon("--proxy-user")]),
    row(&["http", "https"], &[], &[Colon("-a"), Colon("--auth")]),
    row(&["lftp"], &[], &[Comma("-u"), Comma("--user")]),
    row(&["ncftpget", "ncftpput", "ncftp"], &[], &[Opt("-p")]),
    row(&["plink", "pscp", "psftp"], &[], &[Opt("-pw")]),
    row(&["xfreerdp", "wfreerdp"], &[], &[Glued("/p:")]),
    row(&["rdesktop"], &[], &[Opt("-p")]),
    row(&["winexe", "wmiexec", "evil-winrm"], &[], &[Opt("-p")]),
    row(&["ipmitool"], &[], &[Opt("-P")]),
    row(&["snmpwalk", "snmpget", "snmpset"], &[], &[Opt("-A"), Opt("-X")]),
    row(&["mosquitto_pub", "mosquitto_sub"], &[], &[Opt("-P")]),
    row(&["sendemail", "swaks"], &[], &[Opt("-xp"), Opt("-ap"), Opt("--auth-password")]),
    row(&["wpa_passphrase"], &[], &[Word(1)]),
    row(&["nmcli"], &["wifi", "connection", "con", "dev"], &[After("password"), After("wifi-sec.psk"), After("802-11-wireless-security.psk")]),
    row(&["iwconfig"], &[], &[After("key")]),
    // Containers, clouds, registries.
    row(&["docker", "podman", "nerdctl", "buildah", "skopeo", "crane", "oras"], &["login"], &[Opt("-p"), Opt("--password"), Stdin]),
    row(&["helm"], &["registry", "repo"], &[Opt("-p"), Opt("--password")]),
    row(&["az"], &["login", "create", "create-for-rbac", "ad"], &[Opt("-p"), Opt("--password")]),
    row(&["oc"], &["login"], &[Opt("-p"), Opt("--token")]),
    row(&["cf"], &["login", "auth"], &[Opt("-p")]),
    row(&["ibmcloud"], &["login"], &[Opt("-p"), Opt("--apikey")]),
    row(&["nuget"], &["sources", "add", "update", "setapikey", "push"], &[Opt("-Password"), Opt("-ApiKey"), After("setapikey")]),
    row(&["dotnet"], &["nuget"], &[Opt("-k"), Opt("-p")]),
    row(&["dotnet"], &["user-secrets"], &[Named]),
    row(&["gh"], &["secret"], &[Opt("--body"), Opt("-b")]),
    row(&["composer"], &["config"], &[Second("http-basic."), After("github-oauth.github.com"), After("gitlab-token.gitlab.com")]),
    row(&["mc"], &["alias"], &[Word(5)]),
    row(&["twine"], &["upload"], &[Opt("-p"), Opt("--password")]),
    row(&["npm", "yarn", "pnpm"], &["config"], &[After(":_authToken"), After(":_password"), After(":_auth"), After("_auth")]),
    row(&["vault"], &["login", "write"], &[After("login")]),
    row(&["rabbitmqctl"], &["add_user", "change_password", "authenticate_user"], &[Word(2)]),
    row(&["rabbitmqadmin"], &[], &[Opt("-p")]),
    row(&["keytool", "jarsigner"], &[], &[Opt("-storepass"), Opt("-keypass"), Opt("-srcstorepass"), Opt("-deststorepass")]),
    row(&["apksigner"], &[], &[Glued("pass:")]),
    row(&["signtool", "osslsigncode"], &["sign"], &[Opt("/p"), Opt("-p"), Opt("-pass")]),
    row(&["certutil"], &[], &[Opt("-p")]),
    row(&["pk12util"], &[], &[Opt("-W"), Opt("-K")]),
    // Files.
    row(&["openssl"], &[], &[Opt("-k"), Opt("-K"), Glued("pass:")]),
    row(&["7z", "7za", "7zr", "7zz"], &[], &[Glued("-p")]),
    row(&["zip", "zipcloak", "unzip"], &[], &[Opt("-P")]),
    row(&["rar", "unrar"], &[], &[Glued("-p"), Glued("-hp")]),
    row(&["pdftk"], &[], &[After("user_pw"), After("owner_pw"), After("input_pw")]),
    row(&["cryptsetup"], &[], &[Stdin]),
    row(&["htpasswd"], &["-b", "-bc", "-cb", "-nb", "-nbb", "-nbB", "-bn", "-nbm", "-bB", "-Bb", "-cbB", "-Bbn", "-bnB"], &[Word(-1)]),
    // Accounts of a system.
    row(&["chpasswd"], &[], &[Stdin]),
    row(&["passwd"], &["--stdin"], &[Stdin]),
    row(&["sudo"], &["-S", "-kS", "-Sk"], &[Stdin]),
    row(&["useradd", "usermod"], &[], &[Opt("-p"), Opt("--password")]),
    row(&["smbpasswd"], &["-s"], &[Stdin]),
    row(&["net"], &["user"], &[Word(2)]),
    row(&["net"], &["use"], &[After("/user:")]),
    row(&["schtasks"], &[], &[Opt("/rp"), Opt("/p")]),
    row(&["psexec", "psexec64"], &[], &[Opt("-p")]),
    row(&["wmic"], &[], &[Glued("/password:")]),
    row(&["cmdkey"], &[], &[Glued("/pass:")]),
    row(&["sc"], &["config", "create"], &[After("password=")]),
    row(&["dsmod", "dsadd"], &["user"], &[Opt("-pwd")]),
    row(&["netdom"], &[], &[Glued("/passwordd:"), Glued("/pd:")]),
    row(&["wbadmin"], &[], &[Glued("-password:")]),
    row(&["appcmd"], &[], &[Glued("/processmodel.password:")]),
];
