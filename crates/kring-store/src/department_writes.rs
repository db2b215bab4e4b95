//! How units come into the directory, are changed and leave it: one change a transaction, with its line of
//! the audit.

use crate::{
    Department, DepartmentId, Endpoint, Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    connect::Durability,
    departments::read_department,
    directory::begin_change,
    limits,
    sql::{Cells, Given, ManyRows},
};
use kring_text::folded;
use sqlx::AnyConnection;

impl Store {
    /// Puts a unit into the directory. [`StoreRefused::Taken`] when another has this short name, in whatever
    /// letters.
    pub async fn add_department(
        &self,
        by: &ChangedBy,
        mut unit: Department,
    ) -> Result<Department, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        unit.version = 1;
        check_short_is_free(&mut tx, &unit).await?;
        add(&mut tx, by, &mut unit).await?;
        check_room(&mut tx).await?;
        tx.commit().await?;
        self.directory_kept.has_changed();
        Ok(unit)
    }

    /// Changes a unit, its hours and its endpoints by `change`, which may refuse. With `version`, only the
    /// unit at that version: [`StoreRefused::Stale`] otherwise. What changes nothing writes nothing.
    pub async fn change_department<R>(
        &self,
        by: &ChangedBy,
        id: DepartmentId,
        version: Option<i64>,
        change: impl FnOnce(&mut Department) -> Result<R, StoreRefused>,
    ) -> Result<(Department, R), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        let was = read_department(&mut tx, id).await?;
        check_version(version, was.version)?;
        let mut unit = was.clone();
        let told = change(&mut unit)?;
        unit.id = id;
        if unit.short != was.short {
            check_short_is_free(&mut tx, &unit).await?;
        }
        if !put(&mut tx, by, &was, &mut unit).await? {
            return Ok((was, told));
        }
        check_room(&mut tx).await?;
        tx.commit().await?;
        self.directory_kept.has_changed();
        Ok((unit, told))
    }

    /// Takes a unit out of the directory. [`StoreRefused::InUse`] while there are cases of it: they would be
    /// nobody's.
    pub async fn remove_department(
        &self,
        by: &ChangedBy,
        id: DepartmentId,
        version: Option<i64>,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        let was = read_department(&mut tx, id).await?;
        check_version(version, was.version)?;
        let case = sqlx::query("SELECT 1 FROM case_file WHERE department = $1 LIMIT 1")
            .bind(id.to_string())
            .fetch_optional(&mut *tx)
            .await?;
        if case.is_some() {
            return Err(StoreRefused::InUse("department"));
        }
        clear(&mut tx, id).await?;
        sqlx::query("DELETE FROM department WHERE id = $1")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(|error| StoreRefused::in_use(error, "department"))?;
        let deed = Deed {
            action: "department.remove",
            subject: id.to_string(),
            was: Some(&was),
            is: None,
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        self.directory_kept.has_changed();
        Ok(())
    }
}

/// Adds a unit within a change; its short name is known to be free.
pub(crate) async fn add(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    unit: &mut Department,
) -> Result<(), StoreRefused> {
    unit.check()?;
    let mut given = Given::default();
    given.add_text(&unit.id).add(unit.version);
    give_unit(unit, &mut given);
    sqlx::query_with(
        "INSERT INTO department (id, version, short, name_th, name_en, website, hotline, topics, \
         sort, hours) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        given.take(),
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| StoreRefused::taken(error, "short name"))?;
    put_parts(connection, unit).await?;
    let deed = Deed {
        action: "department.add",
        subject: unit.id.to_string(),
        was: None,
        is: Some(&*unit),
    };
    note(connection, by, deed).await
}

/// Stores within a change what has become of a unit, whose short name is known to be free; whether that is
/// another unit than before. Counts up the versions of what has changed.
pub(crate) async fn put(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    was: &Department,
    unit: &mut Department,
) -> Result<bool, StoreRefused> {
    unit.check()?;
    if unit == was {
        return Ok(false);
    }
    unit.version = was.version + 1;
    for endpoint in &mut unit.endpoints {
        let before = was.endpoints.iter().find(|before| before.id == endpoint.id);
        endpoint.version = match before {
            None => 1,
            Some(before) if before == endpoint => before.version,
            Some(before) => before.version + 1,
        };
    }
    let mut given = Given::default();
    given.add_text(&unit.id).add(unit.version);
    give_unit(unit, &mut given);
    sqlx::query_with(
        "UPDATE department SET version = $2, short = $3, name_th = $4, name_en = $5, website = $6, \
         hotline = $7, topics = $8, sort = $9, hours = $10 WHERE id = $1",
        given.take(),
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| StoreRefused::taken(error, "short name"))?;
    clear(connection, unit.id).await?;
    put_parts(connection, unit).await?;
    let deed = Deed {
        action: "department.change",
        subject: unit.id.to_string(),
        was: Some(was),
        is: Some(&*unit),
    };
    note(connection, by, deed).await?;
    Ok(true)
}

/// Refuses more than may be kept in memory.
pub(crate) async fn check_room(connection: &mut AnyConnection) -> Result<(), StoreRefused> {
    let row = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM department), (SELECT COUNT(*) FROM department_endpoint)",
    )
    .fetch_one(connection)
    .await?;
    let mut cells = Cells::of(&row, "department");
    let (units, endpoints): (usize, usize) = (cells.whole()?, cells.whole()?);
    if units > limits::DEPARTMENTS_MAX {
        return Err(StoreRefused::TooMany("departments"));
    }
    if endpoints > limits::ENDPOINTS_MAX {
        return Err(StoreRefused::TooMany("endpoints"));
    }
    Ok(())
}

pub(crate) fn check_version(wanted: Option<i64>, current: i64) -> Result<(), StoreRefused> {
    match wanted {
        Some(wanted) if wanted != current => Err(StoreRefused::Stale { current }),
        _ => Ok(()),
    }
}

/// The database tells apart what people do not: `DFT` and `dft`.
async fn check_short_is_free(
    connection: &mut AnyConnection,
    unit: &Department,
) -> Result<(), StoreRefused> {
    let wanted = folded(&unit.short);
    let rows = sqlx::query("SELECT short FROM department WHERE id <> $1")
        .bind(unit.id.to_string())
        .fetch_all(connection)
        .await?;
    for row in &rows {
        if folded(Cells::of(row, "department").str()?) == wanted {
            return Err(StoreRefused::Taken("short name"));
        }
    }
    Ok(())
}

fn give_unit(unit: &Department, given: &mut Given) {
    given
        .add(unit.short.as_str())
        .add(unit.name_th.as_str())
        .add(unit.name_en.as_str())
        .add(unit.website.as_str())
        .add(unit.hotline.as_str())
        .add(unit.topics.as_str())
        .add(unit.sort)
        .add(unit.hours.as_ref().map(ToString::to_string));
}

static ENDPOINTS: ManyRows = ManyRows::new(
    "INSERT INTO department_endpoint (id, department, label, extension, sort, rings, active, \
     version) VALUES",
    8,
    "",
);

static EXCEPTIONS: ManyRows = ManyRows::new(
    "INSERT INTO department_exception (department, day, hours, name_th, name_en) VALUES",
    5,
    "",
);

async fn put_parts(connection: &mut AnyConnection, unit: &Department) -> Result<(), StoreRefused> {
    let of_unit = |endpoint: &Endpoint| (unit.id, endpoint.clone());
    let endpoints: Vec<_> = unit.endpoints.iter().map(of_unit).collect();
    let give = |(unit, endpoint): &(DepartmentId, Endpoint), given: &mut Given| {
        given
            .add_text(&endpoint.id)
            .add_text(unit)
            .add(endpoint.label.as_str())
            .add(endpoint.extension.as_str())
            .add(endpoint.priority)
            .add(i64::from(endpoint.rings))
            .add(i64::from(endpoint.active))
            .add(endpoint.version);
    };
    ENDPOINTS.insert(connection, &endpoints, give).await?;
    let exceptions = unit.exceptions.iter();
    let exceptions: Vec<_> = exceptions.map(|day| (unit.id, day.clone())).collect();
    let give = |(unit, exception): &(DepartmentId, crate::DayException), given: &mut Given| {
        given
            .add_text(unit)
            .add_text(&exception.day)
            .add_text(&exception.hours)
            .add(exception.name_th.as_str())
            .add(exception.name_en.as_str());
    };
    EXCEPTIONS.insert(connection, &exceptions, give).await?;
    Ok(())
}

/// Takes away what belongs to a unit.
async fn clear(connection: &mut AnyConnection, id: DepartmentId) -> Result<(), StoreRefused> {
    for sql in [
        "DELETE FROM department_endpoint WHERE department = $1",
        "DELETE FROM department_exception WHERE department = $1",
    ] {
        sqlx::query(sql)
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
