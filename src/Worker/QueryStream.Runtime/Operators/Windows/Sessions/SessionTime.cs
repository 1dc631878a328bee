using QueryStream.Streams.Batches;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>
/// Event time as operators with sessions see it: 1 ms behind the watermark, which they also hand on like that. A row exactly a gap behind the last
/// one belongs to the session, so a session has to stay open until the watermark has come to its end, and not only to its last millisecond; closed
/// by that, its fate would depend on whether other rows had let the watermark rise between the two. Its result has the time of its last millisecond,
/// so that what comes behind must not have passed that either.
/// </summary>
internal static class SessionTime
{
    /// <summary>Whether windows are sessions of event time.</summary>
    public static bool AppliesTo(WindowSettings settings) => settings is { IsProcessingTime: false, Windows: [Session] };

    /// <summary>A control element as the operator takes it. The end of time stays what it is.</summary>
    public static Control Of(in Control control) =>
        control.Kind == ControlKind.Watermark ? Control.Advance(control.Watermark.Add(-1)) : control;
}
