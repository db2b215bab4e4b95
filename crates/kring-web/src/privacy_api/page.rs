//! A person's data as a page of its own: no script, no style from elsewhere, every stored word as text.

use crate::clock::rfc3339;
use kring_store::{CaseRow, SubjectExport};
use std::fmt::Write;

const HEAD: &str = "<!doctype html>\n<html lang=\"th\"><head><meta charset=\"utf-8\">\
<title>ข้อมูลส่วนบุคคล / Personal data</title><style>\
body{font-family:'Sarabun','Loma',sans-serif;line-height:1.7;max-width:60rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.3rem .6rem;text-align:left;vertical-align:top}\
h2{margin-top:2rem}pre{white-space:pre-wrap;font:inherit;margin:0}</style></head><body>\n";

/// The page.
pub(super) fn of(export: &SubjectExport) -> String {
    let mut page = String::from(HEAD);
    page.push_str(
        "<h1>ข้อมูลส่วนบุคคลที่ศูนย์บริการเก็บไว้<br>Personal data kept by the service centre</h1>\n",
    );
    line(&mut page, "จัดทำเมื่อ / Made", &rfc3339(export.made));
    if export.cut {
        page.push_str("<p>แสดงเฉพาะรายการล่าสุด / Only the newest are shown.</p>\n");
    }
    person(&mut page, export);
    consents(&mut page, export);
    cases(&mut page, export);
    done(&mut page, export);
    calls(&mut page, export);
    requests(&mut page, export);
    page.push_str("</body></html>\n");
    page
}

fn person(page: &mut String, export: &SubjectExport) {
    title(page, "บุคคล / Person");
    if let Some(contact) = &export.contact {
        let name = [&contact.prefix, &contact.given, &contact.family].map(String::as_str);
        line(page, "ชื่อ / Name", name.join(" ").trim());
        line(page, "หน่วยงาน / Organisation", &contact.org);
        line(page, "หมายเหตุ / Notes", &contact.notes);
        line(
            page,
            "บันทึกครั้งแรก / First recorded",
            &rfc3339(contact.created),
        );
    }
    for (_, display) in &export.numbers {
        line(page, "หมายเลขโทรศัพท์ / Number", display);
    }
    if export.restricted {
        page.push_str("<p>ระงับการใช้ข้อมูล / Kept and not used.</p>\n");
    }
}

fn consents(page: &mut String, export: &SubjectExport) {
    if export.consents.is_empty() {
        return;
    }
    title(page, "การแจ้งและความยินยอม / Notices and consents");
    table(
        page,
        &["วันที่ / Date", "เรื่อง / Purpose", "ฉบับ / Version", "ผล / Said"],
        export.consents.iter().map(|consent| {
            vec![
                rfc3339(consent.at),
                consent.purpose.clone(),
                consent.version.to_string(),
                consent.said.as_str().to_owned(),
            ]
        }),
    );
}

fn cases(page: &mut String, export: &SubjectExport) {
    if export.cases.is_empty() {
        return;
    }
    title(page, "เรื่อง / Cases");
    let row = |case: &CaseRow| {
        vec![
            case.case_ref.clone(),
            rfc3339(case.opened),
            case.kind.as_str().to_owned(),
            case.subject.clone(),
            case.detail.clone(),
            case.status.as_str().to_owned(),
        ]
    };
    table(
        page,
        &[
            "เลขที่ / Reference",
            "วันที่ / Date",
            "ประเภท / Kind",
            "เรื่อง / Subject",
            "รายละเอียด / Detail",
            "สถานะ / Status",
        ],
        export.cases.iter().map(row),
    );
}

fn done(page: &mut String, export: &SubjectExport) {
    if !export.done.is_empty() {
        title(page, "การดำเนินการ / What was done");
        table(
            page,
            &[
                "เลขที่ / Reference",
                "วันที่ / Date",
                "ประเภท / Kind",
                "รายละเอียด / Detail",
            ],
            export.done.iter().map(|done| {
                let (at, kind) = (rfc3339(done.at), done.kind.to_owned());
                vec![done.case_ref.clone(), at, kind, done.text.clone()]
            }),
        );
    }
    if !export.files.is_empty() {
        title(page, "ไฟล์แนบ / Files");
        table(
            page,
            &["เลขที่ / Reference", "ชื่อไฟล์ / Name", "ขนาด (ไบต์) / Bytes"],
            export.files.iter().map(|file| {
                vec![
                    file.case_ref.clone(),
                    file.name.clone(),
                    file.bytes.to_string(),
                ]
            }),
        );
    }
}

fn calls(page: &mut String, export: &SubjectExport) {
    if export.calls.is_empty() {
        return;
    }
    title(page, "สายโทรศัพท์ / Calls");
    table(
        page,
        &[
            "วันที่ / Date",
            "หมายเลข / Number",
            "ผล / Outcome",
            "สนทนา (วินาที) / Talk, s",
        ],
        export.calls.iter().map(|call| {
            let record = &call.record;
            let number = call.number.as_ref();
            vec![
                rfc3339(record.arrived_at),
                number.map_or_else(String::new, |number| number.display.clone()),
                record
                    .outcome
                    .map_or_else(String::new, |outcome| outcome.as_str().to_owned()),
                record
                    .talk_ms
                    .map_or_else(String::new, |ms| (ms / 1_000).to_string()),
            ]
        }),
    );
}

fn requests(page: &mut String, export: &SubjectExport) {
    if export.requests.is_empty() {
        return;
    }
    title(page, "คำขอ / Requests");
    table(
        page,
        &[
            "วันที่ / Date",
            "คำขอ / Kind",
            "สถานะ / Status",
            "เหตุผล / Reason",
        ],
        export.requests.iter().map(|request| {
            vec![
                rfc3339(request.received),
                request.kind.as_str().to_owned(),
                request.status.as_str().to_owned(),
                request.reason.clone(),
            ]
        }),
    );
}

fn title(page: &mut String, text: &str) {
    writeln!(page, "<h2>{}</h2>", as_text(text)).expect("a String takes everything");
}

fn line(page: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        let (name, value) = (as_text(name), as_text(value));
        writeln!(page, "<p><b>{name}:</b> {value}</p>").expect("a String takes everything");
    }
}

fn table(page: &mut String, names: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    page.push_str("<table><tr>");
    for name in names {
        write!(page, "<th>{}</th>", as_text(name)).expect("a String takes everything");
    }
    page.push_str("</tr>\n");
    for row in rows {
        page.push_str("<tr>");
        for cell in row {
            write!(page, "<td><pre>{}</pre></td>", as_text(&cell))
                .expect("a String takes everything");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
}

/// Text in a page: nothing in it is markup.
fn as_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::as_text;

    #[test]
    fn markup_is_text() {
        let shown = as_text("<script>alert('x' & \"y\")</script>");
        assert_eq!(
            shown,
            "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;"
        );
    }
}
