//! What a refused request is told: `application/problem+json` (RFC 9457) with a stable code and a
//! title in English and Thai.
//!
//! A code, once published, keeps its meaning; scripts compare codes, people read titles.

use crate::desk::DeskRefused;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_call::command::CommandRefused;
use kring_store::StoreRefused;
use serde_json::{Map, Value, json};

/// The media type of refusals.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

macro_rules! codes {
    ($($variant:ident $status:literal $code:literal $english:literal $thai:literal;)+) => {
        /// Every code, in the order of its status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code { $(#[doc = $english] $variant),+ }

        impl Code {
            /// The code as scripts compare it.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code),+ }
            }

            const fn status(self) -> u16 {
                match self { $(Code::$variant => $status),+ }
            }

            const fn english(self) -> &'static str {
                match self { $(Code::$variant => $english),+ }
            }

            const fn thai(self) -> &'static str {
                match self { $(Code::$variant => $thai),+ }
            }

            #[cfg(test)]
            const ALL: &'static [Code] = &[$(Code::$variant),+];
        }
    };
}

codes! {
    BadRequest 400 "bad_request" "The request cannot be read" "อ่านคำขอไม่ได้";
    BadFilter 400 "bad_filter" "A filter has a value that it cannot have" "ค่าของตัวกรองไม่ถูกต้อง";
    BadCursor 400 "bad_cursor" "The page's cursor is not one of ours" "ตัวชี้หน้าถัดไปไม่ถูกต้อง";
    BadIdempotencyKey 400 "bad_idempotency_key" "The Idempotency-Key is empty or too long" "Idempotency-Key ว่างหรือยาวเกินไป";
    SignInNeeded 401 "sign_in_needed" "Sign in first" "กรุณาเข้าสู่ระบบ";
    SessionReplaced 401 "session_replaced" "You have signed in at another screen" "คุณเข้าสู่ระบบที่หน้าจออื่นแล้ว";
    WrongPassword 401 "wrong_password" "Login or password is wrong" "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง";
    Forbidden 403 "forbidden" "Your role or token does not allow this" "สิทธิ์ของคุณไม่อนุญาตให้ทำรายการนี้";
    ForeignOrigin 403 "foreign_origin" "The request came from another site" "คำขอมาจากเว็บไซต์อื่น";
    Masked 403 "masked" "Only officers of tips may read or change this case" "เฉพาะเจ้าหน้าที่รับแจ้งเบาะแสเท่านั้นที่อ่านหรือแก้ไขเรื่องนี้ได้";
    WrongSetupCode 403 "wrong_setup_code" "This is not the code that kring printed at its start" "รหัสติดตั้งไม่ตรงกับที่ kring แสดงไว้เมื่อเริ่มทำงาน";
    NotYours 403 "not_yours" "This is another agent's" "เป็นของเจ้าหน้าที่อื่น";
    PasswordChangeNeeded 403 "password_change_needed" "Choose a password of your own first" "กรุณาตั้งรหัสผ่านใหม่ก่อนใช้งาน";
    NoSuchCall 404 "no_such_call" "There is no such call" "ไม่พบสายนี้";
    NoSuchContact 404 "no_such_contact" "There is no such contact" "ไม่พบผู้ติดต่อนี้";
    NoSuchNumber 404 "no_such_number" "The person does not have this number" "ผู้ติดต่อนี้ไม่มีหมายเลขนี้";
    NoSuchCase 404 "no_such_case" "There is no such case" "ไม่พบเรื่องนี้";
    NoSuchDepartment 404 "no_such_department" "There is no such department" "ไม่พบหน่วยงานนี้";
    NoSuchEndpoint 404 "no_such_endpoint" "The department has no such endpoint" "ไม่พบหมายเลขนี้ในหน่วยงาน";
    NoSuchHoliday 404 "no_such_holiday" "There is no holiday on this day" "วันนี้ไม่ได้กำหนดเป็นวันหยุด";
    NoSuchSource 404 "no_such_source" "There is no such article, document or website" "ไม่พบแหล่งข้อมูลนี้";
    NoSuchSynonym 404 "no_such_synonym" "There is no such group of words" "ไม่พบกลุ่มคำนี้";
    NoSuchGap 404 "no_such_gap" "There is no such question" "ไม่พบคำถามนี้";
    NoFile 404 "no_file" "The file is not here, or not where it was" "ไม่พบไฟล์ของเอกสารนี้";
    NoSuchFollowUp 404 "no_such_follow_up" "There is no such follow-up" "ไม่พบรายการติดตามนี้";
    NoSuchVideoSession 404 "no_such_video_session" "There is no such video session" "ไม่พบนัดหมาย VDO Conference นี้";
    NoSuchAttachment 404 "no_such_attachment" "There is no such attachment" "ไม่พบไฟล์แนบนี้";
    NoRecording 404 "no_recording" "This call was not recorded" "สายนี้ไม่มีการบันทึกเสียง";
    RecordingGoesOn 409 "recording_goes_on" "The call is still being recorded" "สายนี้ยังบันทึกเสียงอยู่";
    RecordingSealed 409 "recording_sealed" "The key that opens this recording is not here, or the file is damaged" "เปิดเสียงที่บันทึกไม่ได้ ไม่มีกุญแจหรือไฟล์เสียหาย";
    RecordingGone 410 "recording_gone" "This recording is not here any more" "ไม่มีเสียงที่บันทึกของสายนี้แล้ว";
    NoTrace 404 "no_trace" "No SIP trace of this call is kept" "ไม่มีการเก็บข้อความ SIP ของสายนี้";
    NoDraft 404 "no_draft" "The call has its record, and no draft any more" "สายนี้บันทึกข้อมูลแล้ว จึงไม่มีแบบร่าง";
    NotFound 404 "not_found" "There is no such thing" "ไม่พบข้อมูล";
    NoSuchAgent 404 "no_such_agent" "No agent has this login" "ไม่พบเจ้าหน้าที่นี้";
    NoSuchCallBack 404 "no_such_callback" "Nobody is to be called back for this call" "ไม่มีรายการโทรกลับของสายนี้";
    NoSuchQueue 404 "no_such_queue" "There is no such queue" "ไม่พบคิวนี้";
    NoSuchTrunk 404 "no_such_trunk" "There is no such trunk" "ไม่พบตู้สาขานี้";
    NoSuchPrivacyRequest 404 "no_such_request" "There is no such request" "ไม่พบคำขอนี้";
    MethodNotAllowed 405 "method_not_allowed" "This path does not take this method" "ใช้วิธีเรียกนี้กับที่อยู่นี้ไม่ได้";
    CallGone 409 "call_gone" "The call is over or has gone to somebody else" "สายสิ้นสุดหรือไปอยู่กับเจ้าหน้าที่อื่นแล้ว";
    AgentBusy 409 "agent_busy" "The agent has a call now" "เจ้าหน้าที่กำลังมีสายอยู่";
    WrapUpTooLong 409 "wrap_up_too_long" "The time for the record cannot be extended any further" "ขยายเวลาบันทึกข้อมูลอีกไม่ได้แล้ว";
    SignedInElsewhere 409 "signed_in_elsewhere" "You are in a call at another screen" "คุณกำลังสนทนาอยู่ที่หน้าจออื่น";
    AnswerOnPhone 409 "answer_on_phone" "Lift the handset: this phone cannot be answered from the screen" "กรุณายกหูโทรศัพท์ เครื่องนี้รับสายจากหน้าจอไม่ได้";
    NoDevice 409 "no_device" "The agent has no phone" "เจ้าหน้าที่ยังไม่มีเครื่องโทรศัพท์";
    NoWayOut 409 "no_way_out" "kring cannot dial: no trunk has an address" "ระบบโทรออกไม่ได้ ยังไม่ได้กำหนดที่อยู่ของตู้สาขา";
    NoConsult 409 "no_consult" "Nobody is being consulted in this call" "สายนี้ไม่มีการปรึกษาหน่วยงานอยู่";
    CannotHold 409 "cannot_hold" "The phones of this call agreed on a codec that kring does not speak" "เครื่องโทรศัพท์ใช้รหัสเสียงที่ระบบพักสายไม่ได้";
    Monitored 409 "monitored" "Another supervisor listens to this call" "มีหัวหน้างานคนอื่นฟังสายนี้อยู่";
    CannotListen 409 "cannot_listen" "The phones of this call agreed on a codec that kring does not speak" "เครื่องโทรศัพท์ใช้รหัสเสียงที่ระบบฟังไม่ได้";
    PhoneAway 409 "phone_away" "Your phone is not connected to kring now" "เครื่องโทรศัพท์ของคุณยังไม่ได้เชื่อมต่อกับระบบ";
    AlreadyRecorded 409 "already_recorded" "This call has its record already" "สายนี้บันทึกข้อมูลแล้ว";
    WrongStatus 409 "wrong_status" "The case cannot go to this status from where it is" "เปลี่ยนสถานะเรื่องเป็นค่านี้ไม่ได้";
    ClosedTooLong 409 "closed_too_long" "It was closed too long ago; open another case" "ปิดเรื่องนานเกินกำหนดแล้ว กรุณาเปิดเรื่องใหม่";
    SlotTaken 409 "slot_taken" "The officer has another session at this time" "เจ้าหน้าที่มีนัดหมายอื่นในเวลานี้แล้ว";
    SessionOver 409 "session_over" "The session is over" "นัดหมายนี้สิ้นสุดแล้ว";
    NothingOwed 409 "nothing_owed" "The call has its record already, or is not over" "สายนี้บันทึกข้อมูลแล้วหรือยังไม่สิ้นสุด";
    RecordOpen 409 "record_open" "The agent is at this record now" "เจ้าหน้าที่กำลังบันทึกข้อมูลสายนี้อยู่";
    TooManyAgents 409 "too_many_agents" "No more agents can be known at once" "มีเจ้าหน้าที่ในระบบมากเกินไป";
    TooManyPhones 409 "too_many_phones" "No more phones can be known at once" "มีเครื่องโทรศัพท์ในระบบมากเกินไป";
    TooManyQueues 409 "too_many_queues" "No more queues can be served at once" "มีคิวในระบบมากเกินไป";
    TooManyTrunks 409 "too_many_trunks" "No more trunks can be known at once" "มีตู้สาขาในระบบมากเกินไป";
    TooManyDepartments 409 "too_many_departments" "No more departments can be known at once" "มีหน่วยงานในระบบมากเกินไป";
    Taken 409 "taken" "The name is in use already" "ชื่อนี้ถูกใช้แล้ว";
    InCall 409 "in_call" "The person is in a call now" "ผู้ติดต่อกำลังสนทนาอยู่";
    Restricted 409 "restricted" "The person's data are kept and not used" "ข้อมูลของผู้นี้ถูกระงับการใช้";
    Closed 409 "closed" "It is closed already" "ดำเนินการเสร็จสิ้นไปแล้ว";
    InFile 409 "in_file" "The configuration file says so; it is changed there" "กำหนดไว้ในไฟล์ตั้งค่า จึงแก้ไขจากหน้าจอไม่ได้";
    InUse 409 "in_use" "It is in use and cannot be removed" "มีข้อมูลอื่นอ้างถึงอยู่ จึงลบไม่ได้";
    TooManyRows 409 "too_many" "There can be no more of these" "มีรายการมากเกินกำหนด";
    NotMerged 409 "not_merged" "This person is not merged into another" "ผู้ติดต่อนี้ไม่ได้ถูกรวมกับผู้อื่น";
    LastAdministrator 409 "last_administrator" "Nobody could administer the house any more" "ต้องมีผู้ดูแลระบบที่เข้าสู่ระบบด้วยรหัสผ่านได้อย่างน้อยหนึ่งคน";
    KeyInUse 409 "idempotency_in_progress" "The first request with this Idempotency-Key is not answered yet" "คำขอแรกที่ใช้ Idempotency-Key นี้ยังทำไม่เสร็จ";
    StaleDraft 412 "stale_draft" "The draft was changed elsewhere; load it again" "แบบร่างถูกแก้ไขจากที่อื่น กรุณาโหลดใหม่";
    Stale 412 "stale" "It was changed elsewhere; load it again" "ข้อมูลถูกแก้ไขจากที่อื่น กรุณาโหลดใหม่";
    TooLarge 413 "too_large" "The request is too large" "คำขอมีขนาดใหญ่เกินไป";
    FileTooLarge 413 "file_too_large" "The file is too large" "ไฟล์มีขนาดใหญ่เกินไป";
    FileNotAllowed 415 "file_not_allowed" "Files of this kind are not kept" "ไม่รับไฟล์ประเภทนี้";
    NotJson 415 "not_json" "The body must be application/json" "เนื้อหาต้องเป็น application/json";
    NotCsv 415 "not_csv" "The body must be text/csv" "เนื้อหาต้องเป็น text/csv";
    BadImport 422 "bad_import" "The file has mistakes; nothing was changed" "ไฟล์มีข้อผิดพลาด ระบบไม่ได้เปลี่ยนแปลงข้อมูลใด";
    BadField 422 "bad_field" "A field has a value that it cannot have" "ข้อมูลบางช่องไม่ถูกต้อง";
    WeakPassword 422 "weak_password" "This password cannot be used" "ใช้รหัสผ่านนี้ไม่ได้";
    BadReference 422 "bad_reference" "The reference was misread: a digit is wrong or two have changed places" "เลขที่เรื่องไม่ถูกต้อง มีตัวเลขผิดหรือสลับตำแหน่ง กรุณาตรวจสอบ";
    NeedsOutcome 422 "needs_outcome" "Say how the case ended" "กรุณาระบุผลการดำเนินการก่อนปิดเรื่อง";
    NeedsReason 422 "needs_reason" "Say why the case is opened again" "กรุณาระบุเหตุผลที่เปิดเรื่องอีกครั้ง";
    NoSuchReason 422 "no_such_reason" "The pause reason is not one of the configured ones" "เหตุผลการพักงานไม่อยู่ในรายการที่กำหนด";
    BadConfiguration 422 "bad_configuration" "The configuration has mistakes; the one in force stays" "ไฟล์ตั้งค่ามีข้อผิดพลาด ระบบใช้ค่าเดิมต่อไป";
    BadSetting 422 "bad_setting" "A setting has a value that it cannot have" "ค่าที่ตั้งบางรายการไม่ถูกต้อง";
    NumberNotAllowed 422 "number_not_allowed" "This number may not be dialled" "ไม่อนุญาตให้โทรหมายเลขนี้";
    DepartmentClosed 422 "department_closed" "The unit is closed now" "หน่วยงานปิดทำการในเวลานี้";
    RecordingOff 409 "recording_off" "Calls of this queue are not recorded" "สายของคิวนี้ไม่เปิดให้บันทึกเสียง";
    RecordingRequired 409 "recording_required" "All calls here are recorded: it can be paused, not ended" "สายที่นี่บันทึกเสียงทุกสาย พักได้แต่หยุดไม่ได้";
    NotRecording 409 "not_recording" "This call is not being recorded" "สายนี้ไม่ได้บันทึกเสียงอยู่";
    RecordingOver 409 "recording_over" "The recording of this call is over" "การบันทึกเสียงของสายนี้จบแล้ว";
    NoTarget 422 "no_target" "Say where the caller is to go" "กรุณาระบุปลายทางที่จะโอน";
    KeyReused 422 "idempotency_key_reused" "This Idempotency-Key was used for another request" "Idempotency-Key นี้ใช้กับคำขออื่นแล้ว";
    TransferInProgress 423 "transfer_in_progress" "A transfer of this call is on its way" "กำลังโอนสายนี้อยู่";
    TooMany 429 "too_many_attempts" "Too many wrong passwords; wait a little" "ใส่รหัสผ่านผิดหลายครั้ง กรุณารอสักครู่";
    Internal 500 "internal" "kring made a mistake; the log says which" "ระบบขัดข้อง ดูรายละเอียดในบันทึกระบบ";
    TestGoesOn 409 "test_goes_on" "A test call goes on; wait until it is over" "มีสายทดสอบอยู่แล้ว กรุณารอให้จบก่อน";
    NoRoom 503 "no_room" "No more calls can be made now; try again" "ขณะนี้โทรออกไม่ได้ กรุณาลองใหม่";
    Busy 503 "busy" "kring is too busy or is shutting down; try again" "ระบบไม่ว่างหรือกำลังปิด กรุณาลองใหม่";
    FileUnavailable 503 "file_unavailable" "The file cannot be kept or read now" "เก็บหรืออ่านไฟล์ไม่ได้ในขณะนี้";
    StoreDown 503 "database_unavailable" "The database does not answer; calls go on" "ฐานข้อมูลไม่ตอบสนอง แต่สายยังใช้งานได้";
}

/// A refusal on its way to the client.
#[derive(Debug)]
pub(crate) struct Problem {
    code: Code,
    detail: Option<String>,
    more: Map<String, Value>,
    retry_after_s: Option<u64>,
    /// Of a code that has another status as a rule.
    status: Option<u16>,
}

impl Problem {
    /// The problem with this code and nothing more to say.
    pub(crate) fn new(code: Code) -> Problem {
        Problem {
            code,
            detail: None,
            more: Map::new(),
            retry_after_s: None,
            status: None,
        }
    }

    /// It was understood, and there is no such thing: 422, whatever its code has as a rule.
    pub(crate) fn unprocessable(mut self) -> Problem {
        self.status = Some(422);
        self
    }

    /// Says in one sentence what was wrong with this very request.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Problem {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a member that scripts may read.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Problem {
        self.more.insert(name.into(), value.into());
        self
    }

    /// Asks the client to wait so many seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Problem {
        self.retry_after_s = Some(seconds);
        self
    }

    /// A field of the body that cannot be so.
    pub(crate) fn field(name: &str, why: impl Into<String>) -> Problem {
        Problem::new(Code::BadField).with("field", name).detail(why)
    }

    /// The code, for tests and for the log.
    pub(crate) fn code(&self) -> Code {
        self.code
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Problem {
        Problem::new(code)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let number = self.status.unwrap_or(self.code.status());
        let status = StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({
            "type": format!("urn:kring:problem:{}", self.code.as_str()),
            "title": self.code.english(),
            "title_th": self.code.thai(),
            "status": number,
            "code": self.code.as_str(),
        });
        if let Value::Object(members) = &mut body {
            members.extend(self.detail.map(|detail| ("detail".into(), detail.into())));
            members.extend(self.more);
        }
        let kind = HeaderValue::from_static(PROBLEM_JSON);
        let mut response =
            (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<CommandRefused> for Problem {
    fn from(refused: CommandRefused) -> Problem {
        let code = match refused {
            CommandRefused::NoSuchAgent => Code::NoSuchAgent,
            CommandRefused::NoSuchTrunk | CommandRefused::NoSuchQueue => Code::NotFound,
            CommandRefused::CallGone => Code::CallGone,
            CommandRefused::AgentBusy => Code::AgentBusy,
            CommandRefused::WrapUpTooLong => Code::WrapUpTooLong,
            CommandRefused::AnswerOnPhone => Code::AnswerOnPhone,
            CommandRefused::NoDevice => Code::NoDevice,
            CommandRefused::TooManyDepartments => Code::TooManyDepartments,
            CommandRefused::NoSuchCallBack => Code::NoSuchCallBack,
            CommandRefused::NotYourCall => Code::NotYours,
            CommandRefused::TransferInProgress => Code::TransferInProgress,
            CommandRefused::NoConsult => Code::NoConsult,
            CommandRefused::CannotHold => Code::CannotHold,
            CommandRefused::RecordingOff => Code::RecordingOff,
            CommandRefused::RecordingRequired => Code::RecordingRequired,
            CommandRefused::NotRecording => Code::NotRecording,
            CommandRefused::RecordingOver => Code::RecordingOver,
            CommandRefused::Monitored => Code::Monitored,
            CommandRefused::CannotListen => Code::CannotListen,
            CommandRefused::PhoneAway => Code::PhoneAway,
            CommandRefused::NoTarget => Code::NoTarget,
            CommandRefused::NumberNotAllowed => Code::NumberNotAllowed,
            CommandRefused::NoWayOut => Code::NoWayOut,
            CommandRefused::NoRoom => Code::NoRoom,
            CommandRefused::TooManyAgents => Code::TooManyAgents,
            CommandRefused::TooManyPhones => Code::TooManyPhones,
            CommandRefused::TooManyQueues => Code::TooManyQueues,
            CommandRefused::TooManyTrunks => Code::TooManyTrunks,
            CommandRefused::NoSuchReason(_) => Code::NoSuchReason,
        };
        Problem::new(code).detail(refused.to_string())
    }
}

impl From<DeskRefused> for Problem {
    fn from(refused: DeskRefused) -> Problem {
        match refused {
            DeskRefused::Command(refused) => refused.into(),
            DeskRefused::Store(refused) => refused.into(),
            DeskRefused::Silent(who) => {
                tracing::warn!("{who} did not answer a request in time");
                Problem::new(Code::Busy).retry_after(1)
            }
        }
    }
}

impl From<StoreRefused> for Problem {
    fn from(refused: StoreRefused) -> Problem {
        let code = match &refused {
            StoreRefused::NoSuchCall => Code::NoSuchCall,
            StoreRefused::NotYours => Code::NotYours,
            StoreRefused::NoSuchContact => Code::NoSuchContact,
            StoreRefused::NotMerged => Code::NotMerged,
            StoreRefused::NoSuchNumber => Code::NoSuchNumber,
            StoreRefused::NoSuchCase => Code::NoSuchCase,
            StoreRefused::NoSuchDepartment => Code::NoSuchDepartment,
            StoreRefused::NoSuchAgent => Code::NoSuchAgent,
            StoreRefused::NoSuchPrivacyRequest => Code::NoSuchPrivacyRequest,
            StoreRefused::Closed => Code::Closed,
            StoreRefused::Restricted => Code::Restricted,
            StoreRefused::InCall => Code::InCall,
            StoreRefused::NoSuchEndpoint => Code::NoSuchEndpoint,
            StoreRefused::NoSuchHoliday => Code::NoSuchHoliday,
            StoreRefused::NoSuchSource => Code::NoSuchSource,
            StoreRefused::NoSuchSynonym => Code::NoSuchSynonym,
            StoreRefused::NoSuchGap => Code::NoSuchGap,
            StoreRefused::NotConfigured => Code::NotFound,
            StoreRefused::InUse(_) | StoreRefused::TooMany(_) => {
                let code = match &refused {
                    StoreRefused::InUse(_) => Code::InUse,
                    _ => Code::TooManyRows,
                };
                return Problem::new(code).detail(refused.to_string());
            }
            StoreRefused::Taken(_) => Code::Taken,
            StoreRefused::LastAdministrator => Code::LastAdministrator,
            StoreRefused::Case(refused) => return refused.into(),
            StoreRefused::Stale { current } => {
                return Problem::new(Code::Stale).with("version", *current);
            }
            StoreRefused::Unacceptable { field, why } => return Problem::field(field, *why),
            other => {
                // The database's own words are for the log, not for the page.
                tracing::error!(refused = %other, "the store failed a request");
                return match other.code() {
                    "database_unavailable" => Problem::new(Code::StoreDown).retry_after(2),
                    _ => Problem::new(Code::Internal),
                };
            }
        };
        Problem::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_unique_and_has_a_status_of_refusal_and_both_titles() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            assert!(
                seen.insert(code.as_str()),
                "{} is used twice",
                code.as_str()
            );
            assert!((400..600).contains(&code.status()));
            assert!(code.english().is_ascii() && !code.thai().is_ascii());
        }
    }

    #[test]
    fn the_exchanges_refusals_keep_their_codes() {
        for refused in [
            CommandRefused::NoSuchAgent,
            CommandRefused::CallGone,
            CommandRefused::AgentBusy,
            CommandRefused::WrapUpTooLong,
            CommandRefused::AnswerOnPhone,
            CommandRefused::NoDevice,
            CommandRefused::TooManyDepartments,
            CommandRefused::NoSuchCallBack,
            CommandRefused::NotYourCall,
            CommandRefused::TransferInProgress,
            CommandRefused::NoConsult,
            CommandRefused::CannotHold,
            CommandRefused::RecordingOff,
            CommandRefused::RecordingRequired,
            CommandRefused::NotRecording,
            CommandRefused::RecordingOver,
            CommandRefused::NoTarget,
            CommandRefused::NumberNotAllowed,
            CommandRefused::NoWayOut,
            CommandRefused::NoRoom,
            CommandRefused::TooManyAgents,
            CommandRefused::TooManyPhones,
            CommandRefused::NoSuchReason("tea".into()),
        ] {
            let code = refused.code();
            assert_eq!(Problem::from(refused).code().as_str(), code);
        }
    }
}
