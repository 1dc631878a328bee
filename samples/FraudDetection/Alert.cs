using System.Globalization;
using QueryStream.Streams;

namespace QueryStream.Samples.FraudDetection;

/// <summary>A suspicious card.</summary>
/// <param name="Card">The card.</param>
/// <param name="Probe">The small payment that tested the card.</param>
/// <param name="Amount">The large payment after it.</param>
/// <param name="At">The time of the large payment.</param>
[StreamRecord]
public readonly record struct Alert(int Card, decimal Probe, decimal Amount, DateTimeOffset At)
{
    /// <summary>A line for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"card {Card}: {Probe} and then {Amount} at {At:HH:mm:ss}");
}
