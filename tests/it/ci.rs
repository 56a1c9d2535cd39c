//! `leaktight ci` and action.yml from outside: real repositories, the event files of `fixtures/github`, and the action's
//! own scripts run as a runner would.

mod action;
mod github;
mod gitlab_and_generic;
mod readme;
mod steps;
mod world;
