//! The directory: units with their endpoints and hours, holidays, and how a unit is reached at a time.

use crate::{
    records::{confirmed, record},
    world::{MORNING, SECOND, World},
};
use kring_journal::{ClosedWhy, WallTime};
use kring_store::{
    ChangedBy, ConfirmWrite, ContactChoice, Department, DepartmentId, Directory, Endpoint,
    EndpointId, Holiday, ImportRefused, ImportRun, Imported, Standing, UsualHours,
    read_departments_csv, write_departments_csv,
};
use std::{collections::BTreeSet, sync::Arc};

const HOUR: i64 = 3_600 * SECOND;
/// 2026-11-23 is a Monday; 08:00 UTC is 15:00 there.
const OFFICE: &str = "mon-fri 08:30-12:00,13:00-16:30";

/// An administrator, so many seconds after the morning.
pub(crate) fn root(after_s: i64) -> ChangedBy {
    ChangedBy {
        who: "root".to_owned(),
        at: WallTime(MORNING + after_s * SECOND),
    }
}

fn usual() -> UsualHours {
    UsualHours {
        week: OFFICE.parse().unwrap(),
        ..UsualHours::default()
    }
}

fn endpoint(extension: &str, priority: i64) -> Endpoint {
    Endpoint::dialled(EndpointId::new(WallTime(MORNING)), extension, priority)
}

/// A unit with two desks that stand in the wrong order, and one that is not active.
pub(crate) fn rayong() -> Department {
    let id = DepartmentId::new(WallTime(MORNING));
    let reserve = Endpoint {
        label: "สำรอง".to_owned(),
        rings: 5,
        ..endpoint("๒๑๐๕", 2)
    };
    let away = Endpoint {
        active: false,
        ..endpoint("2106", 3)
    };
    Department {
        topics: "ทะเบียนพาณิชย์".to_owned(),
        sort: 10,
        endpoints: vec![reserve, endpoint("2104", 1), away],
        ..Department::named(id, "RYG", "สำนักงานพาณิชย์จังหวัดระยอง")
    }
}

pub(crate) async fn a_fresh_database_holds_the_manuals_departments(world: World) {
    let departments = world.store.departments().await.unwrap();
    let told: Vec<(&str, &str, &str, &str)> = departments
        .iter()
        .map(|unit| {
            (
                unit.short.as_str(),
                unit.name_th.as_str(),
                unit.website.as_str(),
                unit.hotline.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("MOC", "กระทรวงพาณิชย์", "www.moc.go.th", "1203"),
            ("DFT", "กรมการค้าต่างประเทศ", "www.dft.go.th", ""),
            ("DIT", "กรมการค้าภายใน", "www.dit.go.th", "1569"),
            ("DTN", "กรมเจรจาการค้าระหว่างประเทศ", "www.dtn.go.th", ""),
            ("DIP", "กรมทรัพย์สินทางปัญญา", "www.ipthailand.go.th", ""),
            ("DBD", "กรมพัฒนาธุรกิจการค้า", "www.dbd.go.th", ""),
            ("DITP", "กรมส่งเสริมการค้าระหว่างประเทศ", "www.ditp.go.th", ""),
            (
                "TPSO",
                "สำนักงานนโยบายและยุทธศาสตร์การค้า",
                "www.tpsa.moc.go.th",
                ""
            ),
            ("PWO", "องค์การคลังสินค้า", "www.pwo.go.th", ""),
        ]
    );
    assert!(
        departments
            .iter()
            .all(|unit| !unit.name_en.is_empty() && !unit.topics.is_empty())
    );
    // Opened again, nothing is put back that was taken out or changed.
    let hotline = |unit: &mut Department| {
        unit.hotline = "1111".to_owned();
        Ok(())
    };
    let id = departments[0].id;
    let changed = world
        .store
        .change_department(&root(0), id, None, hotline)
        .await;
    assert_eq!(changed.unwrap().0.version, 2);
    let again = world.store_of("node-1").await;
    assert_eq!(again.departments().await.unwrap()[0].hotline, "1111");
    assert_eq!(again.departments().await.unwrap().len(), 9);
    again.ping().await.unwrap();
    again.close().await;
}

pub(crate) async fn a_department_is_stored_with_its_endpoints(world: World) {
    let store = &world.store;
    let stored = store.add_department(&root(0), rayong()).await.unwrap();
    assert_eq!(
        store.department(stored.id).await.unwrap().as_ref(),
        Some(&stored)
    );
    let extensions = |unit: &Department| -> Vec<String> {
        let endpoints = unit.endpoints.iter();
        endpoints
            .map(|endpoint| endpoint.extension.clone())
            .collect()
    };
    assert_eq!(extensions(&stored), ["2104", "2105", "2106"]);
    // Another desk, one with other rings, and one gone.
    let change = |unit: &mut Department| {
        let last = unit.last_priority();
        unit.endpoints.push(endpoint("038-611 025", last));
        unit.endpoints.remove(0);
        unit.endpoints[0].rings = 2;
        Ok(unit.endpoints[0].id)
    };
    let id = stored.id;
    let (changed, second) = store
        .change_department(&root(1), id, Some(1), change)
        .await
        .unwrap();
    assert_eq!(extensions(&changed), ["2105", "2106", "038611025"]);
    let versions: Vec<i64> = changed
        .endpoints
        .iter()
        .map(|endpoint| endpoint.version)
        .collect();
    assert_eq!((changed.version, versions), (2, vec![2, 1, 1]));
    assert_eq!(changed.endpoints[0].id, second);
    let again = world.store_of("node-2").await;
    assert_eq!(again.department(id).await.unwrap(), Some(changed.clone()));
    // Who has not seen that change may not make another; who changes nothing writes nothing.
    let refused = store
        .change_department(&root(2), id, Some(1), change)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "stale", "{refused}");
    let (same, ()) = store
        .change_department(&root(2), id, None, |_| Ok(()))
        .await
        .unwrap();
    assert_eq!(same, changed);
    let other = Department {
        short: "ryg".to_owned(),
        id: DepartmentId::new(WallTime(MORNING)),
        ..rayong()
    };
    let refused = store.add_department(&root(3), other).await.unwrap_err();
    assert_eq!(refused.code(), "taken", "{refused}");
    store
        .remove_department(&root(4), id, Some(2))
        .await
        .unwrap();
    assert_eq!(
        again.department(id).await.unwrap(),
        None,
        "seen by the other node"
    );
    let refused = store
        .remove_department(&root(5), id, None)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "no_such_department");
    again.close().await;
}

pub(crate) async fn what_no_department_can_be_is_refused(world: World) {
    let store = &world.store;
    let breaks: [(&str, fn(&mut Department)); 9] = [
        ("short", |unit| unit.short = " ".to_owned()),
        ("short", |unit| unit.short = unit.id.to_string()),
        ("name_th", |unit| unit.name_th.clear()),
        ("website", |unit| unit.website = "w".repeat(501)),
        ("extension", |unit| {
            unit.endpoints[0].extension = "ต่อ 12".to_owned()
        }),
        ("extension", |unit| {
            unit.endpoints[0].extension = "21-06".to_owned()
        }),
        ("rings", |unit| unit.endpoints[0].rings = 0),
        ("rings", |unit| unit.endpoints[0].rings = 11),
        ("label", |unit| unit.endpoints[0].label = "ก".repeat(501)),
    ];
    for (field, spoil) in breaks {
        let mut unit = rayong();
        spoil(&mut unit);
        let refused = store.add_department(&root(0), unit).await.unwrap_err();
        assert_eq!(refused.code(), "unacceptable");
        assert!(refused.to_string().starts_with(field), "{field}: {refused}");
    }
    assert_eq!(
        store.departments().await.unwrap().len(),
        9,
        "nothing is left behind"
    );
}

pub(crate) async fn a_department_with_cases_stays(world: World) {
    let mut recorder = world.boot().await;
    let unit = world.store.departments().await.unwrap()[2].clone();
    let call = recorder.talked("0812345678", "somsri").await;
    let write = ConfirmWrite {
        department: Some(unit.id),
        ..record(call, ContactChoice::Nobody, "ราคาสินค้า")
    };
    confirmed(&mut recorder, write).await;
    let refused = world
        .store
        .remove_department(&root(0), unit.id, None)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "in_use", "{refused}");
}

pub(crate) async fn every_change_of_the_directory_is_audited(world: World) {
    let store = &world.store;
    let unit = store.add_department(&root(0), rayong()).await.unwrap();
    let subject = unit.id.to_string();
    let hotline = |unit: &mut Department| {
        unit.hotline = "1203".to_owned();
        Ok(())
    };
    store
        .change_department(&root(1), unit.id, None, hotline)
        .await
        .unwrap();
    store
        .remove_department(&root(2), unit.id, None)
        .await
        .unwrap();
    let page = store.audit(Some(&subject), None, 2).await.unwrap();
    let told: Vec<(&str, &str, i64)> = page
        .rows
        .iter()
        .map(|row| (row.who.as_str(), row.action.as_str(), row.at.0))
        .collect();
    assert_eq!(
        told,
        [
            ("root", "department.remove", MORNING + 2 * SECOND),
            ("root", "department.change", MORNING + SECOND),
        ]
    );
    let changed: Department =
        serde_json::from_str(page.rows[1].new_value.as_deref().unwrap()).unwrap();
    let was: Department = serde_json::from_str(page.rows[1].old_value.as_deref().unwrap()).unwrap();
    assert_eq!((was, changed.hotline.as_str()), (unit, "1203"));
    assert_eq!(page.rows[0].new_value, None);
    let rest = store.audit(Some(&subject), page.next, 2).await.unwrap();
    assert_eq!((rest.rows.len(), rest.next), (1, None));
    assert_eq!(rest.rows[0].action, "department.add");
    assert_eq!(store.audit(None, None, 0).await.unwrap().rows.len(), 3);
}

pub(crate) async fn a_department_is_reached_by_what_is_active_now(world: World) {
    let store = &world.store;
    let unit = store.add_department(&root(0), rayong()).await.unwrap();
    let now = WallTime(MORNING);
    for which in [unit.id.to_string().as_str(), "RYG", " ryg"] {
        let reach = store.reach(which, now, &usual()).await.unwrap();
        assert_eq!(
            (reach.id, reach.short.as_str()),
            (unit.id, "RYG"),
            "{which}"
        );
        let dialled: Vec<(&str, u8)> = reach
            .endpoints
            .iter()
            .map(|endpoint| (endpoint.extension.as_str(), endpoint.rings))
            .collect();
        assert_eq!(dialled, [("2104", 3), ("2105", 5)]);
        assert_eq!(reach.standing, Standing::Open);
    }
    let refused = store.reach("nobody", now, &usual()).await.unwrap_err();
    assert_eq!(refused.code(), "no_such_department");
    let seeded = store.reach("DFT", now, &usual()).await.unwrap();
    assert_eq!(
        seeded.endpoints,
        [],
        "extensions come by the admin screen or by CSV"
    );
}

pub(crate) async fn a_department_is_closed_outside_of_its_hours(world: World) {
    let store = &world.store;
    let unit = store.add_department(&root(0), rayong()).await.unwrap();
    let standing = async |after_hours: i64| {
        let at = WallTime(MORNING + after_hours * HOUR);
        store.reach("RYG", at, &usual()).await.unwrap().standing
    };
    let closed = |why, after_minutes: i64| Standing::Closed {
        why,
        next_open: Some(WallTime(MORNING + after_minutes * HOUR / 60)),
    };
    // Until 16:30; from 08:30 on the next day; the break at noon.
    assert_eq!(standing(1).await, Standing::Open);
    assert_eq!(standing(2).await, closed(ClosedWhy::Hours, 17 * 60 + 30));
    assert_eq!(standing(21).await, closed(ClosedWhy::Hours, 22 * 60));
    // Hours of its own, and days that are not like others.
    let hours = |unit: &mut Department| {
        unit.hours = Some("mon-sun ๐๙:๐๐-20:00".parse().unwrap());
        let day = |day: &str, hours: &str| kring_store::DayException {
            day: day.parse().unwrap(),
            hours: hours.parse().unwrap(),
            name_th: "ทำบุญสำนักงาน".to_owned(),
            name_en: String::new(),
        };
        unit.exceptions = vec![
            day("2026-11-25", "10:00-11:00"),
            day("2569-11-24", "closed"),
        ];
        Ok(())
    };
    store
        .change_department(&root(1), unit.id, None, hours)
        .await
        .unwrap();
    assert_eq!(standing(2).await, Standing::Open);
    assert_eq!(standing(24).await, closed(ClosedWhy::Holiday, 43 * 60));
    assert_eq!(standing(43).await, Standing::Open);
    assert_eq!(standing(45).await, closed(ClosedWhy::Hours, 66 * 60));
    let other = world.store_of("node-2").await;
    let kept = other.department(unit.id).await.unwrap().unwrap();
    assert_eq!(kept.hours.unwrap().to_string(), "mon-sun 09:00-20:00");
    assert_eq!(kept.exceptions[0].day.to_string(), "2026-11-24");
    other.close().await;
}

pub(crate) async fn an_extension_tells_whose_it_is(world: World) {
    let store = &world.store;
    let unit = store.add_department(&root(0), rayong()).await.unwrap();
    let owner = store.owner_of("21-05").await.unwrap().unwrap();
    assert_eq!((owner.department, owner.short.as_str()), (unit.id, "RYG"));
    assert_eq!(
        (owner.endpoint.label.as_str(), owner.endpoint.rings),
        ("สำรอง", 5)
    );
    let away = store.owner_of("2106").await.unwrap().unwrap();
    assert!(
        !away.endpoint.active,
        "it is known, and calls do not go there"
    );
    assert_eq!(store.owner_of("2107").await.unwrap(), None);
    assert_eq!(store.owner_of("no number").await.unwrap(), None);
    // Where it is active comes first.
    let other = Department {
        endpoints: vec![endpoint("2106", 1)],
        sort: 11,
        ..Department::named(DepartmentId::new(WallTime(MORNING)), "CHN", "จันทบุรี")
    };
    store.add_department(&root(1), other).await.unwrap();
    assert_eq!(store.owner_of("2106").await.unwrap().unwrap().short, "CHN");
}

pub(crate) async fn holidays_close_every_unit_that_has_hours(world: World) {
    let store = &world.store;
    let today = Holiday {
        day: "2026-11-23".parse().unwrap(),
        name_th: "วันหยุดชดเชย".to_owned(),
        name_en: "Substitution day".to_owned(),
    };
    let now = WallTime(MORNING);
    let open = async || store.reach("DFT", now, &usual()).await.unwrap().standing;
    assert_eq!(open().await, Standing::Open);
    store.add_holiday(&root(0), &today).await.unwrap();
    let tomorrow = Some(WallTime(MORNING + 17 * HOUR + HOUR / 2));
    let (why, next_open) = (ClosedWhy::Holiday, tomorrow);
    assert_eq!(open().await, Standing::Closed { why, next_open });
    let refused = store.add_holiday(&root(1), &today).await.unwrap_err();
    assert_eq!(refused.code(), "taken");
    assert_eq!(store.directory().await.unwrap().holidays(), [today.clone()]);
    store.remove_holiday(&root(2), today.day).await.unwrap();
    assert_eq!(open().await, Standing::Open);
    let refused = store.remove_holiday(&root(3), today.day).await.unwrap_err();
    assert_eq!(refused.code(), "no_such_holiday");
    // Those of the configuration, too.
    let usual = UsualHours {
        holidays: [today.day].into_iter().collect::<BTreeSet<_>>().into(),
        ..usual()
    };
    let standing = store.reach("DFT", now, &usual).await.unwrap().standing;
    assert_eq!(standing, Standing::Closed { why, next_open });
    let actions = store.audit(Some("2026-11-23"), None, 0).await.unwrap().rows;
    assert_eq!(actions.len(), 2, "what was refused left nothing");
}

/// Whoever keeps the directory in memory hears of changes by itself, and looks for those of others.
pub(crate) async fn a_change_is_seen_at_once_everywhere(world: World) {
    let (here, there) = (&world.store, world.store_of("node-2").await);
    let mut heard = here.watch_directory();
    let before = there.directory().await.unwrap();
    assert!(Arc::ptr_eq(&before, &there.directory().await.unwrap()));
    here.add_department(&root(0), rayong()).await.unwrap();
    assert!(heard.has_changed().unwrap());
    heard.mark_unchanged();
    let after = there.directory().await.unwrap();
    assert!(after.revision() > before.revision() && after.find("RYG").is_some());
    // What is as it was is shared, and so is the order of the list.
    let dft = |directory: &Directory| directory.departments()[1].clone();
    assert!(Arc::ptr_eq(&dft(&before), &dft(&after)));
    let first = |unit: &mut Department| {
        unit.sort = 0;
        Ok(())
    };
    let id = after.find("RYG").unwrap().id;
    here.change_department(&root(1), id, None, first)
        .await
        .unwrap();
    let moved = there.directory().await.unwrap();
    assert_eq!(moved.departments()[0].short, "RYG");
    assert_eq!(moved.search("ryg", 1)[0].department.id, id);
    assert_eq!(
        moved.search("2104", 1)[0].endpoint.unwrap().extension,
        "2104"
    );
    // Many at once.
    let file: String = (0..50)
        .map(|n| format!("U{n},หน่วยงาน {n},3{n}\n"))
        .collect();
    let units =
        read_departments_csv(format!("short,name_th,extension\n{file}").as_bytes()).unwrap();
    here.import_departments(&root(1), &units, ImportRun::Real)
        .await
        .unwrap();
    let after = there.directory().await.unwrap();
    assert_eq!(
        (after.departments().len(), after.search("349", 9).len()),
        (60, 1)
    );
    heard.mark_unchanged();
    // A change that fails is none.
    here.add_department(&root(1), rayong()).await.unwrap_err();
    assert!(!heard.has_changed().unwrap());
    assert_eq!(
        there.directory().await.unwrap().revision(),
        after.revision()
    );
    there.close().await;
}

/// A citizen who is to be passed on does not wait for the database.
pub(crate) async fn the_directory_is_at_hand_while_the_database_is_away(world: World) {
    let store = world.store_of("node-2").await;
    store.add_department(&root(0), rayong()).await.unwrap();
    store.directory().await.unwrap();
    store.close().await;
    assert_eq!(
        store.directory().await.unwrap_err().code(),
        "database_unavailable"
    );
    let reach = store
        .reach("RYG", WallTime(MORNING), &usual())
        .await
        .unwrap();
    assert_eq!(reach.endpoints.len(), 2);
    assert_eq!(store.owner_of("2105").await.unwrap().unwrap().short, "RYG");
}

const FILE: &str = "short,name_th,name_en,website,hours,extension,label,priority,rings,active\n\
    RYG,พาณิชย์จังหวัดระยอง,Rayong,,mon-fri 09:00-16:00,2104,โต๊ะหนึ่ง,,,\n\
    ryg,,,,,๒๑๐๕,สำรอง,9,5,no\n\
    DFT,กรมการค้าต่างประเทศ,Department of Foreign Trade,www.dft.go.th,,2101,,,,\n\
    DIT,กรมการค้าภายใน,Department of Internal Trade,www.dit.go.th,,,,,,\n";

pub(crate) async fn a_file_is_imported_by_short_names(world: World) {
    let store = &world.store;
    let units = read_departments_csv(FILE.as_bytes()).unwrap();
    let import = async |run| {
        store
            .import_departments(&root(0), &units, run)
            .await
            .unwrap()
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let told = Imported {
        added: names(&["RYG"]),
        changed: names(&["DFT"]),
        left: names(&["DIT"]),
    };
    assert_eq!(import(ImportRun::Dry).await, told);
    assert_eq!(store.departments().await.unwrap().len(), 9);
    assert_eq!(import(ImportRun::Real).await, told);
    let unit = store
        .directory()
        .await
        .unwrap()
        .find("RYG")
        .cloned()
        .unwrap();
    let desks: Vec<(&str, &str, i64, u8, bool)> = unit
        .endpoints
        .iter()
        .map(|desk| {
            let Endpoint {
                extension,
                label,
                priority,
                rings,
                active,
                ..
            } = desk;
            (
                extension.as_str(),
                label.as_str(),
                *priority,
                *rings,
                *active,
            )
        })
        .collect();
    assert_eq!(
        desks,
        [
            ("2104", "โต๊ะหนึ่ง", 1, 3, true),
            ("2105", "สำรอง", 9, 5, false)
        ]
    );
    assert_eq!(unit.sort, 10);
    let again = import(ImportRun::Real).await;
    assert_eq!(again.left, ["RYG", "DFT", "DIT"]);
    // Columns that are not there leave what is stored; ids of endpoints stay.
    let file = "ชื่อย่อ;เบอร์\nRYG;2105\n";
    let units = read_departments_csv(file.as_bytes()).unwrap();
    let done = store
        .import_departments(&root(1), &units, ImportRun::Real)
        .await;
    assert_eq!(done.unwrap().changed, ["RYG"]);
    let less = store
        .directory()
        .await
        .unwrap()
        .find("RYG")
        .cloned()
        .unwrap();
    assert_eq!(less.endpoints, [unit.endpoints[1].clone()]);
    assert_eq!((less.name_en.as_str(), less.hours), ("Rayong", unit.hours));
    // Everything goes out as it comes in.
    let all = store.departments().await.unwrap();
    let units = read_departments_csv(write_departments_csv(&all).as_bytes()).unwrap();
    let done = store
        .import_departments(&root(2), &units, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!(done.left.len(), 10);
    assert_eq!(store.departments().await.unwrap(), all);
}

pub(crate) async fn a_file_with_a_mistake_changes_nothing(world: World) {
    let store = &world.store;
    // A unit that is not there needs a name, which only the directory knows.
    let file = "short,name_th,extension\nDFT,กรมการค้าต่างประเทศ,2101\nNEW,,2102\n";
    let units = read_departments_csv(file.as_bytes()).unwrap();
    let refused = store
        .import_departments(&root(0), &units, ImportRun::Real)
        .await;
    let Err(ImportRefused::Mistakes(mistakes)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        (mistakes[0].row, mistakes[0].column.as_str()),
        (3, "name_th")
    );
    assert!(store.departments().await.unwrap()[1].endpoints.is_empty());
    assert_eq!(store.audit(None, None, 0).await.unwrap().rows, []);
}
