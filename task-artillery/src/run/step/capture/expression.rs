//! Expressions that are read once, or when their placeholders are filled in.

use std::cell::RefCell;
use std::rc::Rc;

use star_core::draw::Draws;

use crate::script::Vars;
use crate::script::template::Template;

/// How many texts with their placeholders filled in are kept read.
const KEPT: usize = 8;

/// An expression in another language.
#[derive(Debug)]
pub(in crate::run::step) enum Expression<T> {
    /// One without placeholders.
    Fixed(Rc<T>),
    /// To be read when its placeholders are filled in. The last few texts are kept with what they are, the latest last.
    Template(Template, RefCell<Vec<(String, Option<Rc<T>>)>>),
}

impl<T> Expression<T> {
    /// Reads an expression if it has no placeholders.
    pub(in crate::run::step) fn compile<E>(
        template: &Template,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Self, E> {
        Ok(match template.as_fixed() {
            Some(text) => Self::Fixed(Rc::new(read(text)?)),
            None => Self::Template(template.clone(), RefCell::default()),
        })
    }

    /// The expression; none where what it became is none.
    pub(in crate::run::step) fn get<E>(
        &self,
        vars: &Vars,
        draws: &mut Draws,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Rc<T>> {
        let (template, kept) = match self {
            Self::Fixed(expression) => return Some(Rc::clone(expression)),
            Self::Template(template, kept) => (template, kept),
        };
        let text = template.text(vars, draws);
        let mut kept = kept.borrow_mut();
        if let Some((_, known)) = kept.iter().find(|(known, _)| *known == text) {
            return known.clone();
        }
        let expression = read(&text).ok().map(Rc::new);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push((text.into_owned(), expression.clone()));
        expression
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_text_is_read_once_and_the_memory_is_bounded() {
        let template = Template::parse("{{ a }}").unwrap();
        let expression = Expression::compile(&template, str::parse::<u8>).unwrap();
        let mut draws = Draws::new(0, 0, 0, 0);
        let reads = RefCell::new(0);
        let mut get = |value: usize| {
            let vars = Vars::from_iter([("a".to_owned(), json!(value))]);
            let read = |text: &str| {
                *reads.borrow_mut() += 1;
                text.parse::<u8>()
            };
            expression.get(&vars, &mut draws, read).map(|found| *found)
        };
        assert_eq!(
            (get(7), get(300), get(7), get(300)),
            (Some(7), None, Some(7), None)
        );
        assert_eq!(*reads.borrow(), 2);
        (0..100).for_each(|value| assert_eq!(get(value), Some(value as u8)));
        let Expression::Template(_, kept) = &expression else {
            panic!("it has placeholders");
        };
        assert_eq!(kept.borrow().len(), KEPT);
        assert!(Expression::compile(&Template::parse("x").unwrap(), str::parse::<u8>).is_err());
    }
}
