using QueryStream.Core;
using QueryStream.Simulation.Oracles;
using QueryStream.Streams;
using QueryStream.Streams.Joins;
using QueryStream.Streams.Windows;

namespace QueryStream.Simulation.Graphs;

/// <summary>Joins of both inputs.</summary>
internal static class JoinBranches
{
    public static Branch Interval(SeededRandom random)
    {
        long lower = random.Next(2_000) - 1_000;
        long upper = lower + random.Next(1_500);
        return new Branch(
            $"within {lower} to {upper}",
            inputs => Joined(inputs, join => join.Within(Milliseconds(lower), Milliseconds(upper))),
            rows => JoinOracle.Within(rows, lower, upper));
    }

    public static Branch Windowed(SeededRandom random)
    {
        long size = 200 + random.Next(2_000);
        return new Branch(
            $"joined in {size}",
            inputs => inputs.Left.KeyBy(row => row.Key).Join(inputs.Right.KeyBy(row => row.Key)).Window(Tumbling.Of(Milliseconds(size)))
                .LeftOuter(
                    (left, right) => $"{left.Id}-{right.Id} in {WindowOracle.Floor(left.Time, size)}",
                    left => $"{left.Id}- in {WindowOracle.Floor(left.Time, size)}",
                    inputs.Name),
            rows => JoinOracle.InWindows(rows, all => WindowOracle.Tumbling(all, size)));
    }

    public static Branch InSessions(SeededRandom random)
    {
        long gap = 50 + random.Next(1_000);
        return new Branch(
            $"joined in sessions {gap}",
            inputs => Joined(inputs, join => join.Window(Session.WithGap(Milliseconds(gap)))),
            rows => JoinOracle.InWindows(rows, all => WindowOracle.Sessions(all, gap))
                .Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)]));
    }

    public static Branch AsOf(SeededRandom random)
    {
        _ = random;
        return new Branch(
            "as of",
            inputs => inputs.Left.KeyBy(row => row.Key).Join(inputs.Right.KeyBy(row => row.Key)).AsOf()
                .LeftOuter((left, right) => $"{left.Id}={right.Time}", left => $"{left.Id}=-1", inputs.Name),
            JoinOracle.AsOf);
    }

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond);

    private static Stream<string> Joined(BranchInputs inputs, Func<JoinedStreams<int, Event, Event>, TimedJoin<int, Event, Event>> condition) =>
        condition(inputs.Left.KeyBy(row => row.Key).Join(inputs.Right.KeyBy(row => row.Key)))
            .LeftOuter((left, right) => $"{left.Id}-{right.Id}", left => $"{left.Id}-", inputs.Name);
}
