//! Where the measured system lives: a folder that is gone afterwards.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use openset_crypto::{Suite, vault::Cost};
use openset_node::http::Site;

use crate::{
    demo::{cast, data::Data, story},
    house::{
        first_start, forms,
        holders::Holders,
        running::Running,
        system::{System, Wish},
        wallet::fresh_id,
    },
    sites,
};

/// A folder of a demo, deleted when this goes.
pub(super) struct Scratch {
    data: Option<Data>,
    path: PathBuf,
}

impl Scratch {
    /// Makes one beside other passing things.
    pub(super) fn make() -> anyhow::Result<Self> {
        let path = env::temp_dir().join(format!("openset-bench-{}", fresh_id()?));
        let data = Data::open(&path).map_err(|_| anyhow::anyhow!("no folder to measure in"))?;
        Ok(Self { data: Some(data), path })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn data(&self) -> anyhow::Result<&Data> {
        self.data.as_ref().ok_or_else(|| anyhow::anyhow!("the folder is gone"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.data = None;
        if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("{} stays: {error}", self.path.display());
        }
    }
}

/// Starts the system of the demo and serves every site.
pub(super) async fn start(scratch: &Scratch) -> anyhow::Result<(Arc<System>, Running)> {
    let wish = Wish {
        suite: Suite::Modern,
        port: 0,
        vault: Cost::BESIDE_OTHERS,
        holders: &Holders::FILES,
    };
    let data = scratch.data()?;
    first_start::make(data, wish).await?;
    let_one_card_enrol_often(scratch.path())?;
    let (system, mut running) = System::start(data, wish).await?;
    let all = sites::ALL[..sites::OF_ONE_BRAND]
        .iter()
        .map(|name| Site::new(name.label(), &name.host(), system.machines(*name)));
    running.serve(system.at, all.collect(), &[]).await?;
    Ok((system, running))
}

/// Everybody who enrols shows the same card, many at a time; a bank lets one card try five times.
fn let_one_card_enrol_often(data: &Path) -> anyhow::Result<()> {
    let path = data.join(cast::FIRST.authority.label()).join(forms::FILE);
    let (few, many) = ("tries_per_day = 5", "tries_per_day = 100");
    let text = fs::read_to_string(&path)?;
    anyhow::ensure!(text.contains(few), "the form file limits the tries otherwise");
    Ok(fs::write(&path, text.replace(few, many))?)
}

/// Opens the wallet and enrols the card that is good; answers what the wallet calls it.
pub(super) async fn enrol(system: &System) -> anyhow::Result<String> {
    let [card, ..] = &cast::CARDS;
    story::unlock(system).await?;
    story::enrol(system, card).await
}
