//! Tables that the workers of one process share.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex as StdMutex, PoisonError, Weak};

use tokio::sync::Mutex;

use super::table::Table;
use crate::script::model::Payload;

/// What a table depends on: the payload, with the hash of its file, the run's seed, and the payload's place among the script's.
type Key = (Payload, u64, usize);

/// A table that may be gone; locked while it is made.
type Slot = Arc<Mutex<Weak<Table>>>;

/// The tables in use, and those that are being made.
static TABLES: LazyLock<StdMutex<HashMap<Key, Slot>>> = LazyLock::new(StdMutex::default);

/// The table of a payload: the one that another worker of this process uses, or a new one. Who asks while it is made waits for it.
///
/// # Errors
/// Where it can't be made. Then the next who asks tries again.
pub(crate) async fn shared<E>(
    key: Key,
    make: impl Future<Output = Result<Table, E>>,
) -> Result<Arc<Table>, E> {
    let slot = {
        let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        // A slot that nobody else holds, and whose table is gone, is of no use.
        tables.retain(|_, slot| {
            let gone = |slot: &mut Mutex<Weak<Table>>| slot.get_mut().strong_count() == 0;
            !Arc::get_mut(slot).is_some_and(gone)
        });
        Arc::clone(tables.entry(key).or_default())
    };
    let mut known = slot.lock().await;
    if let Some(table) = known.upgrade() {
        return Ok(table);
    }
    let table = Arc::new(make.await?);
    *known = Arc::downgrade(&table);
    Ok(table)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;

    use super::super::tests::payload;
    use super::*;

    fn get(key: &Key, made: &AtomicUsize) -> Arc<Table> {
        let make = async {
            made.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Table::read(Bytes::from_static(b"a\n"), &key.0)
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(shared(key.clone(), make)).unwrap()
    }

    #[test]
    fn workers_on_several_threads_have_one_table_until_the_last_is_done() {
        let key = (payload(&["only this test has this column"]), 1, 0);
        let made = AtomicUsize::new(0);
        let tables: Vec<_> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..8).map(|_| scope.spawn(|| get(&key, &made))).collect();
            let tables = workers.into_iter().map(|worker| worker.join().unwrap());
            tables.collect()
        });
        assert!(tables.iter().all(|table| Arc::ptr_eq(table, &tables[0])));
        assert_eq!(made.load(Ordering::Relaxed), 1);
        let other = get(&(key.0.clone(), 2, 0), &made);
        assert!(!Arc::ptr_eq(&other, &tables[0]), "another seed");
        drop(tables);
        let again = get(&key, &made);
        assert_eq!(made.load(Ordering::Relaxed), 3);
        drop((other, again));
        let _swept = get(&(key.0.clone(), 3, 0), &made);
        let kept = TABLES.lock().unwrap();
        assert!(!kept.contains_key(&key), "what is not used is forgotten");
    }
}
