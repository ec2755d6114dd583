//! `openset demo --once`.

use super::{cast, data::Data, story};
use crate::{
    args::Demo,
    ending::Done,
    house::system::{self, System, Wish},
    sites::{self, Name},
};
use openset_node::http::Site;

/// Runs the story.
pub(crate) async fn once(_demo: &Demo, data: &Data, wish: Wish) -> Done {
    run(data, wish).await.map_err(crate::ending::Ending::Machine)
}

async fn run(data: &Data, wish: Wish) -> anyhow::Result<()> {
    let made = system::make(data, wish).await?;
    println!("made {made:?}");
    let mut system = System::start(data, wish).await?;
    let all = sites::ALL
        .iter()
        .map(|name: &Name| Site::new(name.label(), &name.host(), system.machines(*name)));
    let all: Vec<Site> = all.collect();
    system.serve(all, &[]).await?;
    story::unlock(&system).await?;
    let card = story::enrol(&system, &cast::CARDS[0]).await?;
    println!("card {card}");
    let order = story::order(&system).await?;
    let id = story::offer(&system, &order, &card).await?;
    let bought = story::pay(&system, &order, &id, &card).await?;
    println!("{bought:?}");
    println!("{:?}", story::capture(&system, &order).await?);
    println!("{:?}", story::clear(&system).await?.files.len());
    println!("stopped {}", system.stop().await);
    Ok(())
}
