//! Which column is what: the only home of header aliases.
//!
//! In: the records at the top of a table and the user's own mapping. Out: the [`Layout`] of the file, which says for every
//! field where its text stands. The aliases are those of real exports: `Get-CsUser`, the R2 WMI classes, Active Directory
//! attributes, the monitoring database's views and reports (contract section 2).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::record::Record;
use super::{ColumnKey, normalize_header};
use crate::csv_text::unguarded;

/// Declares the fields with their canonical headers and aliases.
macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $canonical:literal, $meaning:literal, [$($alias:literal),* $(,)?];)+) => {
        /// A field of the inventory (contract section 2).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field { $($(#[$doc])* $variant,)+ }

        impl Field {
            /// Every field, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The header under which the field is written.
            #[must_use]
            pub const fn canonical(self) -> &'static str {
                match self { $(Self::$variant => $canonical),+ }
            }

            /// What the field means, for a person.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }

            /// The further headers under which the field is found, first choice first.
            #[must_use]
            pub const fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($alias),*]),+ }
            }
        }
    };
}

fields! {
    /// The SIP address.
    Sip = "SipAddress", "the user's SIP address, with or without `sip:`",
        ["SIP Address", "msRTCSIP-PrimaryUserAddress", "PrimaryUserAddress", "PrimaryURI", "UserUri", "User URI",
         "SIP URI", "Sign-in name", "Sign-in address", "SIP"];
    /// The display name.
    Name = "DisplayName", "the user's name", ["Display Name", "Name", "cn"];
    /// The home pool.
    Pool = "HomePool", "the pool that homes the user, in any spelling of the plan, or as a distinguished name",
        ["Home pool", "RegistrarPool", "Registrar pool", "HomeServer", "HomeServerDN", "msRTCSIP-PrimaryHomeServer",
         "PrimaryHomeServer", "Pool", "Registrar", "Server or pool", "PrimaryPoolFqdn"];
    /// The clients.
    Client = "Client", "a client's id, name or user-agent string; `;` outside brackets separates several",
        ["ClientVersion", "Client version", "User agent", "UserAgent", "Version", "ClientCategory", "ClientType",
         "UACategory", "Clients"];
    /// The department.
    Department = "Department", "the user's department", ["Company", "Organization", "OU"];
    /// The site.
    Site = "Site", "the user's site", ["Office", "physicalDeliveryOfficeName", "City", "l"];
    /// Group Chat use.
    GroupChat = "GroupChat", "uses Group Chat: yes or no",
        ["Group Chat", "GroupChatEnabled", "UsesGroupChat", "PersistentChatEnabled"];
    /// Public IM providers.
    Providers = "PicProviders", "the public IM providers, separated by `;` or `,`", ["PIC Providers", "PicProvider"];
    /// Public IM enabled.
    PicEnabled = "PicEnabled", "may use public IM: yes or no; of the option flags, bit 1",
        ["PublicNetworkEnabled", "EnablePublicCloudAccess", "Public IM connectivity", "msRTCSIP-OptionFlags",
         "OptionFlags"];
    /// Last day of the user's PIC license.
    LicenseEnd = "PicLicenseExpiry", "the last day of the user's PIC license",
        ["PIC License Expiry", "PicLicenseEnd", "PicLicenceExpiry"];
    /// Schedules meetings.
    Organizer = "Organizer", "schedules meetings: yes or no", ["Organiser", "IsOrganizer", "MeetingOrganizer"];
    /// Scheduling add-ins.
    AddIn = "SchedulingAddIn", "the meeting add-ins in the user's mail program; `;` separates several",
        ["Scheduling Add-in", "SchedulingAddIns", "AddIn"];
}

impl Field {
    /// The field with this canonical header or alias, compared as headers are.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        Self::with_name(&normalize_header(header))
    }

    /// The field with this header or alias, which is normalized already.
    fn with_name(name: &str) -> Option<Self> {
        // Asked for every cell of the first records of a file, for every possible delimiter.
        static BY_NAME: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
            let names = Field::ALL.iter().rev().flat_map(|&field| {
                field
                    .headers()
                    .map(move |header| (normalize_header(header), field))
            });
            names.collect()
        });
        BY_NAME.get(name).copied()
    }

    /// The canonical header and the aliases, first choice first.
    pub fn headers(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.canonical()).chain(self.aliases().iter().copied())
    }

    /// The position in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Columns that we add to the tables we write begin so; they are not read (contract section 2).
pub const OWN_COLUMNS: &str = "cutover-";

/// The column in which a given-back row keeps a cell that stood to the right of its file's last header.
pub(crate) const EXTRA_COLUMN: &str = "cutover-extra-";

/// Columns said by the user: this field is under this header.
pub type Mapping = Vec<(Field, String)>;

/// Is this record a header: does one of its cells name the SIP address?
#[must_use]
pub fn is_header(record: &Record<'_>, mapping: &Mapping) -> bool {
    fields_of(record, mapping).any(|field| field == Field::Sip)
}

/// How many different fields the cells of this header name.
pub(crate) fn fields_named(header: &Record<'_>, mapping: &Mapping) -> usize {
    fields_of(header, mapping).collect::<HashSet<Field>>().len()
}

/// The fields that the cells of a record name.
fn fields_of(record: &Record<'_>, mapping: &Mapping) -> impl Iterator<Item = Field> {
    let mapped = mapping.iter().map(|(_, name)| name.len());
    let longest = mapped.fold(LONGEST, usize::max);
    let may_name = move |cell: &&str| {
        // Of a header at least these are left. Cells that hold whole rows, under a wrong delimiter, are not looked at further.
        let left = cell.bytes().filter(u8::is_ascii_alphanumeric);
        left.take(longest + 1).count() <= longest
    };
    let named = record.texts().filter(may_name);
    named.filter_map(|cell| field_of(&normalized(cell), mapping))
}

/// No alias of a field is longer, in bytes.
const LONGEST: usize = 32;

/// A header cell as headers are compared.
pub(crate) fn normalized(cell: &str) -> String {
    normalize_header(unguarded(cell))
}

fn field_of(header: &str, mapping: &Mapping) -> Option<Field> {
    mapped(header, mapping).or_else(|| Field::with_name(header))
}

fn mapped(header: &str, mapping: &Mapping) -> Option<Field> {
    mapping
        .iter()
        .find(|(_, name)| normalize_header(name) == header)
        .map(|&(field, _)| field)
}

/// Where the texts of a wanted column stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// In this column, as they are.
    Column(usize),
    /// Wherever the field's text stands.
    Field(Field),
    /// This file does not have it.
    Missing,
}

/// The columns of one file.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The headers as they are in the file.
    pub(crate) headers: Vec<String>,
    /// The headers as they are compared.
    pub(crate) names: Vec<String>,
    /// For every field the columns where its text may stand, first choice first.
    fields: Vec<Vec<usize>>,
    /// For every wanted column where its text stands.
    pub(crate) keys: Vec<KeySource>,
    /// Columns whose header occurs before.
    pub(crate) repeated: Vec<usize>,
    /// The column that says when a client was last seen, where that is asked for.
    pub(crate) last_seen: Vec<usize>,
    /// Columns that hold what stood beyond the last header of a row that was given back.
    extra: Vec<usize>,
}

impl Layout {
    /// The layout under a header record.
    pub(crate) fn new(header: &Record<'_>, mapping: &Mapping, wanted: &[ColumnKey]) -> Self {
        let headers: Vec<String> = header
            .texts()
            .map(|cell| unguarded(cell).trim().to_owned())
            .collect();
        let names: Vec<String> = headers.iter().map(|h| normalize_header(h)).collect();
        let mut known = HashSet::new();
        let repeated: Vec<usize> = (0..names.len())
            .filter(|&at| !names[at].is_empty() && !known.insert(names[at].as_str()))
            .collect();
        let fields = Field::ALL
            .iter()
            .map(|&field| columns_of(field, &headers, &names, mapping))
            .collect();
        let mut layout = Self {
            headers,
            names,
            fields,
            keys: Vec::new(),
            repeated,
            last_seen: Vec::new(),
            extra: Vec::new(),
        };
        layout.keys = wanted.iter().map(|key| layout.key(key)).collect();
        layout.extra = (0..layout.headers.len())
            .filter(|&at| starts_with(&layout.headers[at], EXTRA_COLUMN))
            .collect();
        layout
    }

    /// The same layout with the column of this header saying when a client was last seen.
    pub(crate) fn seen_under(mut self, header: Option<&str>) -> Self {
        let name = header.map(normalize_header);
        self.last_seen = name
            .and_then(|name| self.column(&name))
            .into_iter()
            .collect();
        self
    }

    /// The columns of a field, first choice first; empty where the file has none.
    pub(crate) fn columns(&self, field: Field) -> &[usize] {
        &self.fields[field.index()]
    }

    /// Where the texts of a wanted column stand in this file.
    pub(crate) fn key(&self, key: &ColumnKey) -> KeySource {
        let field = match key {
            ColumnKey::Department => Some(Field::Department),
            ColumnKey::Site => Some(Field::Site),
            ColumnKey::Header(name) => {
                let name = normalize_header(name);
                if let Some(column) = self.column(&name) {
                    return KeySource::Column(column);
                }
                Field::ALL
                    .iter()
                    .copied()
                    .find(|field| normalize_header(field.canonical()) == name)
            }
        };
        match field {
            Some(field) if !self.columns(field).is_empty() => KeySource::Field(field),
            _ => KeySource::Missing,
        }
    }

    /// Does a column hold numbers of which only bit 1 is a yes (`msRTCSIP-OptionFlags`)?
    pub(crate) fn is_option_flags(&self, column: usize) -> bool {
        self.names[column].ends_with("optionflags")
    }

    /// Do these cells repeat the header?
    pub(crate) fn is_repeated_by(&self, record: &Record<'_>) -> bool {
        let sip = self.columns(Field::Sip)[0];
        normalized(record.text(sip)) == self.names[sip]
            && (0..self.names.len()).all(|at| normalized(record.text(at)) == self.names[at])
    }

    /// The columns that hold what stood beyond the last header of a row that was given back.
    #[inline]
    pub(crate) fn extra_columns(&self) -> &[usize] {
        &self.extra
    }

    fn column(&self, name: &str) -> Option<usize> {
        (0..self.names.len()).find(|&at| self.names[at] == name && !self.is_own(at))
    }

    /// Did we add this column to a table that we wrote?
    pub(crate) fn is_own(&self, column: usize) -> bool {
        is_own(&self.headers[column])
    }
}

fn is_own(header: &str) -> bool {
    starts_with(header, OWN_COLUMNS)
}

fn starts_with(header: &str, prefix: &str) -> bool {
    header
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn columns_of(field: Field, headers: &[String], names: &[String], mapping: &Mapping) -> Vec<usize> {
    let find = |wanted: &str| {
        names
            .iter()
            .position(|name| name == wanted)
            .filter(|&at| !is_own(&headers[at]))
    };
    let said: Vec<usize> = mapping
        .iter()
        .filter(|&&(of, _)| of == field)
        .filter_map(|(_, header)| find(&normalize_header(header)))
        .collect();
    if !said.is_empty() {
        return said;
    }
    let mut columns = Vec::new();
    for header in field.headers() {
        let name = normalize_header(header);
        if let Some(at) = find(&name).filter(|_| mapped(&name, mapping).is_none())
            && !columns.contains(&at)
        {
            columns.push(at);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::super::record::RecordBuffer;
    use super::*;

    fn layout(header: &[&str], mapping: &Mapping, wanted: &[ColumnKey]) -> Layout {
        let mut buffer = RecordBuffer::default();
        buffer.begin(1);
        header.iter().for_each(|cell| buffer.push(cell));
        Layout::new(&buffer.record(), mapping, wanted)
    }

    #[test]
    fn no_header_names_two_fields() {
        for &field in Field::ALL {
            for header in field.headers() {
                assert!(header.len() <= LONGEST, "{header}");
                assert_eq!(Field::parse(header), Some(field), "{header}");
            }
        }
    }

    #[test]
    fn the_registrar_pool_comes_before_the_home_server_wherever_they_stand() {
        let layout = layout(
            &["HomeServer", "SIP Address", "Registrar-Pool"],
            &Vec::new(),
            &[],
        );
        assert_eq!(layout.columns(Field::Pool), [2, 0]);
    }

    #[test]
    fn a_mapping_goes_before_the_aliases_and_takes_its_column_away_from_them() {
        let mapping = vec![
            (Field::Client, "Agent string".to_owned()),
            (Field::Site, "Version".to_owned()),
        ];
        let layout = layout(
            &["SipAddress", "Client", "agent_string", "Version"],
            &mapping,
            &[],
        );
        assert_eq!(layout.columns(Field::Client), [2]);
        assert_eq!(layout.columns(Field::Site), [3]);
    }

    #[test]
    fn a_wanted_header_is_found_by_its_own_name_before_the_canonical_one() {
        let wanted = [
            ColumnKey::Header("homepool".into()),
            ColumnKey::Header("Wave".into()),
            ColumnKey::Header("nothing".into()),
            ColumnKey::Header("cutover-reason".into()),
        ];
        let layout = layout(
            &["sip uri", "Pool", "wave", "cutover-reason"],
            &Vec::new(),
            &wanted,
        );
        assert_eq!(
            layout.keys,
            [
                KeySource::Field(Field::Pool),
                KeySource::Column(2),
                KeySource::Missing,
                KeySource::Missing
            ]
        );
    }
}
