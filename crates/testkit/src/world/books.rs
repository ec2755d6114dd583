//! The end of a run: everything drains, everybody asks how things stand, and the banks close
//! their books.

use openset_bank::{clearing::Presentation, issuer::FileAnswer};

use super::World;

impl World {
    /// Everybody asks how things stand, once more.
    pub fn ask_around(&mut self) {
        self.everybody_inquires();
    }

    /// The banks clear, settle and credit. The first answer to every file gets lost, so that it is
    /// presented again.
    pub fn close_the_books(&mut self) {
        // Credits go out when their sales were paid: in the run after that.
        for _ in 0..2 {
            self.close_one_day();
        }
        self.issuer.rebuild();
        self.acquirer.rebuild();
    }

    fn close_one_day(&mut self) {
        let now = self.now();
        for presentation in [Presentation::First, Presentation::Again] {
            let decided = self.acquirer.bank.clear(now);
            self.acquirer.keep(decided.records);
            for cleared in decided.answer {
                let taken = self.issuer.bank.take_file(&cleared.file, cleared.presentation, now);
                let taken = taken.expect("the sums fit");
                self.issuer.keep(taken.records);
                if presentation == Presentation::Again {
                    self.hear_of_file(taken.answer);
                }
            }
        }
        let credits = self.acquirer.bank.credit_merchants(now).expect("the sums fit");
        self.acquirer.keep(credits.records);
    }

    fn hear_of_file(&mut self, answer: FileAnswer) {
        let now = self.now();
        let decided = match answer {
            FileAnswer::Settled(settlement) => self.acquirer.bank.settled(&settlement, now),
            FileAnswer::Rejected(rejection) => self.acquirer.bank.rejected(&rejection, now),
        };
        if let Ok(decided) = decided {
            self.acquirer.keep(decided.records);
        }
    }
}
