using System.Globalization;
using QueryStream.Streams;

namespace QueryStream.Samples.FraudDetection;

/// <summary>A card that somebody should look at.</summary>
/// <param name="Card">The card.</param>
/// <param name="Probe">The small payment that tried whether the card works.</param>
/// <param name="Amount">The large one that followed.</param>
/// <param name="At">When that was.</param>
[StreamRecord]
public readonly record struct Alert(int Card, decimal Probe, decimal Amount, DateTimeOffset At)
{
    /// <summary>A line for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"card {Card}: {Probe} and then {Amount} at {At:HH:mm:ss}");
}
