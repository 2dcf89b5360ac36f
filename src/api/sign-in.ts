/** Who may call an operation of a ServiceApi. */
export enum SignIn {
  /** Guests: whoever reaches the API. */
  NONE = 'none',

  /** Guests, and customers by name: without a token a request is a guest's. The function verifies tokens itself. */
  OPTIONAL = 'optional',

  /** Customers who are signed in. */
  CUSTOMER = 'customer',

  /** Staff who are signed in and have one of the route's roles. */
  STAFF = 'staff',
}
