//! The clearing files between an acquirer and an issuer: all of them, and one with its items and
//! the documents that were exchanged about it.

use askama::Template;

use super::{BankTop, Part};
use crate::frame::{Frame, Site};
use crate::party::Party;
use crate::ports::{
    ClearingDocument, ClearingFile, ClearingItem, ClearingRow, ClearingState, Flow, Newest,
};
use crate::table::{Badge, Cell, Table};
use crate::words::Words;

/// All clearing files.
#[derive(Template)]
#[template(path = "pages/bank/files.html")]
pub struct ClearingFiles<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// The files, newest first.
    pub rows: &'a Newest<ClearingRow>,
}

/// One clearing file.
#[derive(Template)]
#[template(path = "pages/bank/file.html")]
pub struct ClearingFilePage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// The file.
    pub file: &'a ClearingFile,
}

impl<'a> ClearingFiles<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Clearing)
    }

    fn note(&self) -> String {
        match self.frame.site {
            Site::Acquirer => self.frame.say.clearing_files_made(),
            _ => self.frame.say.clearing_files_taken(),
        }
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |row: &ClearingRow| {
            let href = format!("/clearing-files/{}", row.name);
            vec![
                Cell::Link { href, text: row.name.clone() },
                Cell::Text(row.bank.clone()),
                Cell::Text(flow(row.flow, say)),
                Cell::Number(row.items.to_string()),
                Cell::Text(say.moment(row.at)),
                Cell::Badge(Badge::clearing(row.state, say)),
                Cell::Number(say.money(row.total)),
            ]
        };
        Table::new(say.clearing_files_title(), say.clearing_files_none())
            .column(say.head_file())
            .column(say.head_bank())
            .column(say.head_kind())
            .numbers(say.head_items())
            .column(say.head_when())
            .column(say.head_state())
            .numbers(say.head_amount())
            .newest(self.rows, say, row)
    }
}

impl<'a> ClearingFilePage<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Clearing)
    }

    fn badge(&self) -> Badge {
        Badge::clearing(self.file.row.state, self.frame.say)
    }

    fn flow(&self) -> String {
        flow(self.file.row.flow, self.frame.say)
    }

    /// When it was settled.
    fn settled(&self) -> Option<String> {
        match self.file.row.state {
            ClearingState::Settled(at) => Some(self.frame.say.moment(at)),
            ClearingState::Presented | ClearingState::Rejected => None,
        }
    }

    fn items(&self) -> Table {
        let say = self.frame.say;
        let row = |item: &ClearingItem| {
            vec![
                Cell::Code(item.reference.clone()),
                Cell::Code(item.approval_code.clone()),
                Cell::Text(item.merchant.clone()),
                Cell::Text(say.moment(item.at)),
                Cell::Number(say.money(item.amount)),
            ]
        };
        Table::new(self.flow(), String::new())
            .column(say.head_reference())
            .column(say.approval_code())
            .column(say.head_merchant())
            .column(say.head_when())
            .numbers(say.head_amount())
            .newest(&self.file.items, say, row)
    }

    fn documents(&self) -> Table {
        let say = self.frame.say;
        let name = |party: Option<Party>| party.map(|party| party.name(say)).unwrap_or_default();
        let row = |document: &ClearingDocument| {
            let href = format!("/files/{}", document.name);
            vec![
                Cell::Link { href, text: document.kind.clone() },
                Cell::Text(say.moment(document.at)),
                Cell::Text(name(document.sender)),
                Cell::Text(name(document.recipient)),
                Cell::Number(say.size(document.octets)),
            ]
        };
        Table::new(say.documents_title(), say.documents_none())
            .column(say.head_kind())
            .column(say.head_when())
            .column(say.head_from())
            .column(say.head_to())
            .numbers(say.head_size())
            .rows(self.file.documents.iter().map(row))
    }
}

/// Sales or credits.
pub(crate) fn flow(flow: Flow, say: &Words) -> String {
    match flow {
        Flow::Sales => say.flow_sales(),
        Flow::Credits => say.flow_credits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_file_that_was_settled_says_when_and_leads_to_its_documents() {
        let frame = sample::frame(Site::Issuer, Tongue::English);
        let file = sample::clearing_file();
        let html = ClearingFilePage { frame: &frame, name: "Banque Démo", file: &file }.to_string();
        assert!(html.contains("Settled") && html.contains("632714000042"), "{html}");
        assert!(html.contains("href=\"/files/7.pacs009.xml\""), "{html}");
        assert!(!html.contains("not shown"), "{html}");
    }

    #[test]
    fn items_that_are_not_shown_are_counted() {
        let frame = sample::frame(Site::Acquirer, Tongue::English);
        let mut file = sample::clearing_file();
        file.items.older = 1200;
        let html = ClearingFilePage { frame: &frame, name: "Demo Acquirer", file: &file };
        assert!(html.to_string().contains("not shown here: 1,200."), "{html}");
    }
}
