-- What agents look things up in: articles of ours, documents out of folders, websites. A source that was removed
-- stays as a row, so that a case still names what it was answered by. No reference to departments: a unit may go.
CREATE TABLE knowledge_source (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    department  TEXT,
    topics      TEXT   NOT NULL,
    language    TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    valid_from  TEXT,
    valid_until TEXT,
    review_by   TEXT,
    version     BIGINT NOT NULL,
    created     BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    updated_by  TEXT   NOT NULL,
    removed     BIGINT NOT NULL,
    revision    BIGINT NOT NULL,
    shown       BIGINT NOT NULL DEFAULT 0,
    attached    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX knowledge_source_changed ON knowledge_source (revision);
CREATE INDEX knowledge_source_review ON knowledge_source (review_by) WHERE review_by IS NOT NULL;

-- How a source was before: JSON, never changed.
CREATE TABLE knowledge_version (
    source  TEXT   NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    who     TEXT   NOT NULL,
    content TEXT   NOT NULL,
    PRIMARY KEY (source, version)
);

-- The file of a document, as it was read last, and by which node. `failed`: why it could not be read.
CREATE TABLE knowledge_document (
    source  TEXT   NOT NULL PRIMARY KEY,
    path    TEXT   NOT NULL UNIQUE,
    node    TEXT   NOT NULL,
    size    BIGINT NOT NULL,
    mtime   BIGINT NOT NULL,
    hash    TEXT   NOT NULL,
    pages   BIGINT NOT NULL,
    failed  TEXT,
    missing BIGINT NOT NULL,
    read_at BIGINT NOT NULL
);

-- Words that mean the same, each with `; ` between.
CREATE TABLE knowledge_synonym (
    id      TEXT   NOT NULL PRIMARY KEY,
    words   TEXT   NOT NULL,
    version BIGINT NOT NULL
);

-- One row, counted up by every change: whoever keeps the texts in memory sees by it what is new.
CREATE TABLE knowledge_revision (
    one BIGINT NOT NULL PRIMARY KEY,
    n   BIGINT NOT NULL
);
INSERT INTO knowledge_revision (one, n) VALUES (1, 1);

-- What nobody could answer, once for each folded question, and each time that it was asked.
CREATE TABLE knowledge_gap (
    id          TEXT   NOT NULL PRIMARY KEY,
    folded      TEXT   NOT NULL UNIQUE,
    q           TEXT   NOT NULL,
    times       BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    answered_by TEXT,
    answered_at BIGINT,
    version     BIGINT NOT NULL
);
CREATE TABLE knowledge_asked (
    id   TEXT   NOT NULL PRIMARY KEY,
    gap  TEXT   NOT NULL,
    at   BIGINT NOT NULL,
    who  TEXT   NOT NULL,
    call TEXT,
    q    TEXT   NOT NULL
);
CREATE INDEX knowledge_asked_of ON knowledge_asked (gap, id);

-- By what a case was answered: named by the case, or by its call as long as there is no case yet.
CREATE TABLE case_knowledge (
    id      TEXT   NOT NULL PRIMARY KEY,
    case_id TEXT,
    call    TEXT,
    source  TEXT   NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    who     TEXT   NOT NULL
);
CREATE INDEX case_knowledge_of_case ON case_knowledge (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX case_knowledge_of_call ON case_knowledge (call) WHERE call IS NOT NULL;

-- How often a source was opened and attached, day by day (YYYY-MM-DD, of the centre), for reports.
CREATE TABLE knowledge_use (
    source   TEXT   NOT NULL,
    day      TEXT   NOT NULL,
    shown    BIGINT NOT NULL,
    attached BIGINT NOT NULL,
    PRIMARY KEY (source, day)
);

-- The nine websites of the manual, with the addresses as it prints them.
INSERT INTO knowledge_source (id, kind, title, body, address, department, topics, language, status, version, created, updated, updated_by, removed, revision) VALUES
('00000000000000000000000101', 'website', 'เว็บไซต์กระทรวงพาณิชย์', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.moc.go.th', '00000000000000000000000001', 'MOC; Ministry of Commerce', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000102', 'website', 'เว็บไซต์ของกรมการค้าต่างประเทศ', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.dft.go.th', '00000000000000000000000002', 'DFT; Department of Foreign Trade', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000103', 'website', 'เว็บไซต์ของกรมการค้าภายใน', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.dit.go.th', '00000000000000000000000003', 'DIT; Department of Internal Trade', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000104', 'website', 'เว็บไซต์ของกรมเจรจาการค้าระหว่างประเทศ', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.dtn.go.th', '00000000000000000000000004', 'DTN; Department of Trade Negotiations', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000105', 'website', 'เว็บไซต์ของกรมทรัพย์สินทางปัญญา', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.ipthailand.go.th', '00000000000000000000000005', 'DIP; Department of Intellectual Property', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000106', 'website', 'เว็บไซต์ของกรมพัฒนาธุรกิจการค้า', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.dbd.go.th', '00000000000000000000000006', 'DBD; Department of Business Development', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000107', 'website', 'เว็บไซต์ของกรมส่งเสริมการค้าระหว่างประเทศ', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.ditp.go.th', '00000000000000000000000007', 'DITP; Department of International Trade Promotion', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000108', 'website', 'เว็บไซต์ของสำนักงานนโยบายและยุทธศาสตร์การค้า', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.tpsa.moc.go.th', '00000000000000000000000008', 'TPSO; Trade Policy and Strategy Office', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000109', 'website', 'เว็บไซต์ขององค์การคลังสินค้า', 'แหล่งข้อมูลตามคู่มือศูนย์บริการประชาชน กรณีที่เจ้าหน้าที่ไม่มีข้อมูลหรือมีไม่ครบถ้วน', 'www.pwo.go.th', '00000000000000000000000009', 'PWO; Public Warehouse Organization', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1);

-- An article to begin with for each unit, from the manual alone: units put them right.
INSERT INTO knowledge_source (id, kind, title, body, address, department, topics, language, status, version, created, updated, updated_by, removed, revision) VALUES
('00000000000000000000000201', 'article', 'กระทรวงพาณิชย์ (MOC) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- ข้อมูลกระทรวง
- ศูนย์บริการประชาชน
- ร้องเรียนร้องทุกข์
- พาณิชย์จังหวัด

## บริการของศูนย์บริการประชาชน

- ให้ข้อมูลและให้คำปรึกษาแนะนำ
- ให้คำปรึกษาเชิงลึกกับเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่องผ่านระบบประชุมทางไกล (VDO Conference)
- รับเรื่องร้องเรียนร้องทุกข์ และแจ้งข้อมูลเบาะแส

## ช่องทางติดต่อ

- เว็บไซต์ www.moc.go.th
- สายด่วน 1203

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000001', 'MOC; Ministry of Commerce; ข้อมูลกระทรวง; ศูนย์บริการประชาชน; ร้องเรียนร้องทุกข์; พาณิชย์จังหวัด', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000202', 'article', 'กรมการค้าต่างประเทศ (DFT) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- นำเข้า
- ส่งออก
- ใบอนุญาต
- หนังสือรับรองถิ่นกำเนิดสินค้า
- สิทธิพิเศษทางการค้า
- มาตรฐานสินค้า

## ช่องทางติดต่อ

- เว็บไซต์ www.dft.go.th
- สายด่วนของกระทรวงพาณิชย์ 1203

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000002', 'DFT; Department of Foreign Trade; นำเข้า; ส่งออก; ใบอนุญาต; หนังสือรับรองถิ่นกำเนิดสินค้า; สิทธิพิเศษทางการค้า; มาตรฐานสินค้า', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000203', 'article', 'กรมการค้าภายใน (DIT) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- ราคาสินค้า
- สินค้าแพง
- ไม่ปิดป้ายราคา
- เครื่องชั่ง
- ชั่งตวงวัด
- สินค้าเกษตร
- ธงฟ้า

## ช่องทางติดต่อ

- เว็บไซต์ www.dit.go.th
- สายด่วน 1569

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000003', 'DIT; Department of Internal Trade; ราคาสินค้า; สินค้าแพง; ไม่ปิดป้ายราคา; เครื่องชั่ง; ชั่งตวงวัด; สินค้าเกษตร; ธงฟ้า', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000204', 'article', 'กรมเจรจาการค้าระหว่างประเทศ (DTN) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- ความตกลงการค้าเสรี
- เอฟทีเอ
- FTA
- WTO
- อาเซียน

## ช่องทางติดต่อ

- เว็บไซต์ www.dtn.go.th
- สายด่วนของกระทรวงพาณิชย์ 1203

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000004', 'DTN; Department of Trade Negotiations; ความตกลงการค้าเสรี; เอฟทีเอ; FTA; WTO; อาเซียน', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000205', 'article', 'กรมทรัพย์สินทางปัญญา (DIP) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- เครื่องหมายการค้า
- สิทธิบัตร
- ลิขสิทธิ์
- สิ่งบ่งชี้ทางภูมิศาสตร์
- ละเมิดทรัพย์สินทางปัญญา

## ช่องทางติดต่อ

- เว็บไซต์ www.ipthailand.go.th
- สายด่วนของกระทรวงพาณิชย์ 1203

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000005', 'DIP; Department of Intellectual Property; เครื่องหมายการค้า; สิทธิบัตร; ลิขสิทธิ์; สิ่งบ่งชี้ทางภูมิศาสตร์; ละเมิดทรัพย์สินทางปัญญา', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000206', 'article', 'กรมพัฒนาธุรกิจการค้า (DBD) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- จดทะเบียนบริษัท
- ห้างหุ้นส่วน
- จดทะเบียนพาณิชย์
- หนังสือรับรองนิติบุคคล
- งบการเงิน
- ธุรกิจต่างด้าว
- แฟรนไชส์

## ช่องทางติดต่อ

- เว็บไซต์ www.dbd.go.th
- สายด่วนของกระทรวงพาณิชย์ 1203

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000006', 'DBD; Department of Business Development; จดทะเบียนบริษัท; ห้างหุ้นส่วน; จดทะเบียนพาณิชย์; หนังสือรับรองนิติบุคคล; งบการเงิน; ธุรกิจต่างด้าว; แฟรนไชส์', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000207', 'article', 'กรมส่งเสริมการค้าระหว่างประเทศ (DITP) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- ส่งเสริมการส่งออก
- งานแสดงสินค้า
- ผู้ซื้อต่างประเทศ
- อบรมผู้ส่งออก

## ช่องทางติดต่อ

- เว็บไซต์ www.ditp.go.th
- สายด่วนของกระทรวงพาณิชย์ 1203

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000007', 'DITP; Department of International Trade Promotion; ส่งเสริมการส่งออก; งานแสดงสินค้า; ผู้ซื้อต่างประเทศ; อบรมผู้ส่งออก', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000208', 'article', 'สำนักงานนโยบายและยุทธศาสตร์การค้า (TPSO) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- ดัชนีราคาผู้บริโภค
- เงินเฟ้อ
- เศรษฐกิจการค้า
- นโยบายการค้า

## ช่องทางติดต่อ

- เว็บไซต์ www.tpsa.moc.go.th
- สายด่วนของกระทรวงพาณิชย์ 1203

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000008', 'TPSO; Trade Policy and Strategy Office; ดัชนีราคาผู้บริโภค; เงินเฟ้อ; เศรษฐกิจการค้า; นโยบายการค้า', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1),
('00000000000000000000000209', 'article', 'องค์การคลังสินค้า (PWO) ดูแลเรื่องใด และติดต่อได้ที่ไหน', '## เรื่องที่หน่วยงานนี้ดูแล

- คลังสินค้า
- เช่าโกดัง
- สินค้าของรัฐ

## ช่องทางติดต่อ

- เว็บไซต์ www.pwo.go.th
- สายด่วนของกระทรวงพาณิชย์ 1203

## เมื่อเจ้าหน้าที่ศูนย์ตอบไม่ได้

- ประสานสอบถามเจ้าหน้าที่ของหน่วยงานเจ้าของเรื่อง แล้วนำข้อมูลมาตอบประชาชน
- ค้นจากเอกสารประกอบการฝึกอบรม คู่มือ และเว็บไซต์ของหน่วยงาน
- คำถามเชิงลึก ข้อกฎหมาย หรือผู้รับบริการต้องการสนทนากับเจ้าหน้าที่โดยตรง ให้โอนสายไปยังหน่วยงานเจ้าของเรื่อง

บทความเริ่มต้นนี้มีเฉพาะข้อมูลจากคู่มือ ขอให้หน่วยงานเจ้าของเรื่องตรวจและเพิ่มเติม', '', '00000000000000000000000009', 'PWO; Public Warehouse Organization; คลังสินค้า; เช่าโกดัง; สินค้าของรัฐ', 'th', 'published', 1, 1795478400000000, 1795478400000000, 'kring', 0, 1);

-- Other names, to begin with.
INSERT INTO knowledge_synonym (id, words, version) VALUES
('00000000000000000000000301', 'กระทรวงพาณิชย์; MOC; Ministry of Commerce', 1),
('00000000000000000000000302', 'กรมการค้าต่างประเทศ; DFT; Department of Foreign Trade', 1),
('00000000000000000000000303', 'กรมการค้าภายใน; DIT; Department of Internal Trade', 1),
('00000000000000000000000304', 'กรมเจรจาการค้าระหว่างประเทศ; DTN; Department of Trade Negotiations', 1),
('00000000000000000000000305', 'กรมทรัพย์สินทางปัญญา; DIP; Department of Intellectual Property', 1),
('00000000000000000000000306', 'กรมพัฒนาธุรกิจการค้า; DBD; ดีบีดี; Department of Business Development', 1),
('00000000000000000000000307', 'กรมส่งเสริมการค้าระหว่างประเทศ; DITP; Department of International Trade Promotion', 1),
('00000000000000000000000308', 'สำนักงานนโยบายและยุทธศาสตร์การค้า; สนค.; TPSO; Trade Policy and Strategy Office', 1),
('00000000000000000000000309', 'องค์การคลังสินค้า; อคส.; PWO; Public Warehouse Organization', 1),
('00000000000000000000000310', 'จดทะเบียนพาณิชย์; ทะเบียนพาณิชย์', 1),
('00000000000000000000000311', 'ความตกลงการค้าเสรี; เขตการค้าเสรี; FTA; เอฟทีเอ', 1),
('00000000000000000000000312', 'หนังสือรับรองถิ่นกำเนิดสินค้า; C/O; certificate of origin', 1),
('00000000000000000000000313', 'เครื่องหมายการค้า; trademark; เทรดมาร์ค', 1),
('00000000000000000000000314', 'ลิขสิทธิ์; copyright', 1),
('00000000000000000000000315', 'สิทธิบัตร; patent', 1),
('00000000000000000000000316', 'ประชุมทางไกล; VDO Conference; วิดีโอคอนเฟอเรนซ์; ประชุมออนไลน์', 1);
