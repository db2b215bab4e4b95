//! What a unit may be, checked before it is stored, and put into the form in which it is.

use crate::{
    DayException, Department, DepartmentId, Endpoint, EndpointId, StoreRefused,
    cases::{check_filled, check_text},
    dialled::check_dialled,
    limits,
};
use rustc_hash::FxHashSet;

impl Department {
    /// One with this short name and this Thai name, and nothing else.
    pub fn named(id: DepartmentId, short: &str, name_th: &str) -> Department {
        Department {
            id,
            short: short.to_owned(),
            name_th: name_th.to_owned(),
            name_en: String::new(),
            website: String::new(),
            hotline: String::new(),
            topics: String::new(),
            sort: 0,
            hours: None,
            exceptions: Vec::new(),
            endpoints: Vec::new(),
            version: 1,
        }
    }

    /// The endpoint with this id.
    pub fn endpoint_mut(&mut self, id: EndpointId) -> Result<&mut Endpoint, StoreRefused> {
        let mut endpoints = self.endpoints.iter_mut();
        endpoints
            .find(|endpoint| endpoint.id == id)
            .ok_or(StoreRefused::NoSuchEndpoint)
    }

    /// The priority of one that is tried after all that are there.
    pub fn last_priority(&self) -> i64 {
        let priorities = self.endpoints.iter().map(|endpoint| endpoint.priority);
        priorities.max().unwrap_or(0).saturating_add(1)
    }

    /// Refuses what no unit can be. Texts are trimmed, numbers written as they are dialled, endpoints and
    /// days put in their order.
    pub(crate) fn check(&mut self) -> Result<(), StoreRefused> {
        for text in [
            &mut self.short,
            &mut self.name_th,
            &mut self.name_en,
            &mut self.website,
            &mut self.hotline,
            &mut self.topics,
        ] {
            trim(text);
        }
        check_short(&self.short)?;
        check_filled("name_th", &self.name_th)?;
        for (field, text) in [
            ("name_en", &self.name_en),
            ("website", &self.website),
            ("hotline", &self.hotline),
        ] {
            check_text(field, text, limits::SHORT_CHARS_MAX)?;
        }
        check_text("topics", &self.topics, limits::DETAIL_CHARS_MAX)?;
        if let Some(hours) = &self.hours {
            check_text("hours", &hours.to_string(), limits::SHORT_CHARS_MAX)?;
        }
        check_endpoints(&mut self.endpoints)?;
        check_exceptions(&mut self.exceptions)
    }
}

impl Endpoint {
    /// One that is dialled so, rings as often as usual, and is active.
    pub fn dialled(id: EndpointId, extension: &str, priority: i64) -> Endpoint {
        Endpoint {
            id,
            label: String::new(),
            extension: extension.to_owned(),
            priority,
            rings: limits::ENDPOINT_RINGS_USUAL,
            active: true,
            version: 1,
        }
    }
}

fn trim(text: &mut String) {
    let trimmed = text.trim();
    if trimmed.len() < text.len() {
        *text = trimmed.to_owned();
    }
}

fn check_short(short: &str) -> Result<(), StoreRefused> {
    check_filled("short", short)?;
    check_text("short", short, limits::SHORT_NAME_CHARS_MAX)?;
    let why = if short.chars().any(char::is_control) {
        "holds a control character"
    } else if short.parse::<DepartmentId>().is_ok() {
        // Both name a unit in requests.
        "reads as an id"
    } else {
        return Ok(());
    };
    let field = "short";
    Err(StoreRefused::Unacceptable { field, why })
}

fn check_endpoints(endpoints: &mut [Endpoint]) -> Result<(), StoreRefused> {
    if endpoints.len() > limits::ENDPOINTS_OF_UNIT_MAX {
        return Err(StoreRefused::TooMany("endpoints of this department"));
    }
    let mut seen = FxHashSet::default();
    for endpoint in endpoints.iter_mut() {
        trim(&mut endpoint.label);
        check_text("label", &endpoint.label, limits::SHORT_CHARS_MAX)?;
        endpoint.extension = check_dialled(&endpoint.extension)?;
        if !limits::ENDPOINT_RINGS.contains(&endpoint.rings) {
            let (field, why) = ("rings", "is not 1 to 10");
            return Err(StoreRefused::Unacceptable { field, why });
        }
        if !seen.insert(endpoint.extension.clone()) {
            let (field, why) = ("extension", "is twice in this department");
            return Err(StoreRefused::Unacceptable { field, why });
        }
    }
    endpoints.sort_by_key(|endpoint| (endpoint.priority, endpoint.id));
    Ok(())
}

fn check_exceptions(exceptions: &mut [DayException]) -> Result<(), StoreRefused> {
    if exceptions.len() > limits::EXCEPTIONS_OF_UNIT_MAX {
        return Err(StoreRefused::TooMany("exceptions of this department"));
    }
    for exception in exceptions.iter_mut() {
        for name in [&mut exception.name_th, &mut exception.name_en] {
            trim(name);
            check_text("exceptions", name, limits::SHORT_CHARS_MAX)?;
        }
        check_text(
            "exceptions",
            &exception.hours.to_string(),
            limits::SHORT_CHARS_MAX,
        )?;
    }
    exceptions.sort_by_key(|exception| exception.day);
    if exceptions.windows(2).any(|two| two[0].day == two[1].day) {
        let (field, why) = ("exceptions", "name a day twice");
        return Err(StoreRefused::Unacceptable { field, why });
    }
    Ok(())
}
