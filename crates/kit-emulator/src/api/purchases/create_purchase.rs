//! `POST /v4/purchases`.

use serde_json::{Value, json};

use crate::api::call::Call;
use crate::api::replies::{created, full};
use crate::changes::subscribers;
use crate::changes::subscribers::Given;
use crate::events::{Happening, happen};
use crate::rows::{Purchase, World};
use crate::server::{Input, Reply};

/// Kit's message.
const NO_TRANSACTION: &str = "Transaction cannot be blank";

/// How many lines a purchase has at most, however often it is sent.
const MOST_PRODUCTS: usize = 10_000;

/// The purchase may be in an envelope, or not. A transaction that is there already gets the products in addition, also
/// those that it has.
pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Reply, Reply> {
    let body = Input::read(call.request)?;
    let input = body.object("purchase")?.unwrap_or(body);
    let transaction_id = input.text_or_number("transaction_id")?;
    let transaction_id = transaction_id.filter(|id| !id.trim().is_empty());
    let transaction_id = transaction_id.ok_or_else(|| Reply::unprocessable(NO_TRANSACTION))?;
    let products: Result<Vec<Value>, Reply> =
        input.list("products")?.unwrap_or_default().iter().map(product).collect();
    let products = products?;
    if products.is_empty() {
        return Err(Reply::unprocessable("Products cannot be blank"));
    }
    let known = world.tables.purchases.find(|known| known.transaction_id == transaction_id);
    if let Some(id) = known {
        let purchase = world.tables.purchases.get_mut(id).ok_or_else(Reply::not_found)?;
        if purchase.products.len() + products.len() > MOST_PRODUCTS {
            return Err(Reply::unprocessable("This Kit holds no more products of a purchase"));
        }
        purchase.products.extend(products);
        return Ok(created("purchase", purchase.to_json()));
    }
    let amount = |name: &str| Ok::<_, Reply>(input.number(name)?.map_or(json!(0.0), Value::from));
    let (subtotal, discount) = (amount("subtotal")?, amount("discount")?);
    let (tax, total) = (amount("tax")?, amount("total")?);
    let status = input.text("status")?.unwrap_or_else(|| "paid".into());
    let currency = input.text("currency")?.unwrap_or_else(|| "USD".into());
    let time = input.time("transaction_time")?.unwrap_or_else(|| world.clock.time());
    let email_address = input.text("email_address")?.unwrap_or_default();
    // The name is that of a subscriber who is new.
    let is_known = world.tables.subscribers.find(&email_address).is_some();
    let first_name = input.text("first_name")?.map(Some).filter(|_| !is_known);
    let given = Given { email_address: email_address.clone(), first_name, ..Given::default() };
    let (subscriber_id, _) = subscribers::upsert(world, given).map_err(Reply::unprocessable)?;
    let purchase = world.tables.purchases.insert(|id| Purchase {
        id,
        transaction_id,
        subscriber_id,
        status,
        email_address,
        currency,
        transaction_time: time,
        subtotal,
        discount,
        tax,
        total,
        products,
    });
    let purchase = purchase.map_err(full)?;
    let (id, json) = (purchase.id, purchase.to_json());
    happen(world, &Happening::PurchaseCreated { purchase: id });
    Ok(created("purchase", json))
}

/// A line, as replies have it.
fn product(line: &Value) -> Result<Value, Reply> {
    let line = Input::of(line);
    let text = |name: &str| {
        let text = line.text_or_number(name)?.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| Reply::unprocessable(format!("products: {name} can't be blank")))
    };
    Ok(json!({
        "quantity": line.integer("quantity")?.unwrap_or(1),
        "lid": text("lid")?,
        "unit_price": line.number("unit_price")?.unwrap_or_default(),
        "sku": line.text("sku")?.unwrap_or_default(),
        "name": text("name")?,
        "pid": text("pid")?,
    }))
}
