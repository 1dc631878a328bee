using QueryStream.Streams;

namespace QueryStream.Samples.FraudDetection;

/// <summary>A payment by card.</summary>
/// <param name="Card">The card.</param>
/// <param name="Amount">In the currency of the account.</param>
/// <param name="At">When.</param>
[StreamRecord]
public readonly record struct Payment(int Card, decimal Amount, DateTimeOffset At);
