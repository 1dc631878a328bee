using QueryStream.Simulation.Graphs;

namespace QueryStream.Simulation.Oracles;

/// <summary>Compares what a sink has with what the oracle says.</summary>
internal static class OutputCheck
{
    private const int Shown = 5;

    /// <summary>What differs; null: nothing.</summary>
    public static string? Compare(SimulationPlan plan, PlannedBranch branch, IReadOnlyList<string> actual)
    {
        (Input left, Input right) = plan.InputsOf(branch);
        if (plan.IsAtLeastOnce)
        {
            return Gaps(branch.Branch, new BranchRows(left.Rows, right.Rows), actual);
        }

        long[] lateIds = [.. actual.Where(Lines.IsLate).Select(Lines.LateId)];
        HashSet<long> late = [.. lateIds];
        if (late.Count > 0 && !branch.Branch.HasLateRows)
        {
            return $"{late.Count} rows are late, such as {late.First()}, but all of them came in time";
        }

        if (late.Count < lateIds.Length)
        {
            return $"{lateIds.Length - late.Count} rows are late more than once";
        }

        BranchRows rows = new(
            [.. left.Rows.Where(row => !late.Contains(row.Id))], [.. right.Rows.Where(row => !late.Contains(row.Id))]);
        IEnumerable<string> expected = branch.Branch.Expect(rows);
        string[] found = [.. actual.Where(line => !Lines.IsLate(line))];
        return branch.Sink switch
        {
            SinkKind.Transactional or SinkKind.ExactlyOnce => Differences(expected, found),
            SinkKind.Append => Differences(expected.Distinct(), found.Distinct()),
            _ => Differences(Final(expected), found),
        };
    }

    // Rows that come a second time may be late, since what they belong to may be complete.
    private static string? Gaps(Branch branch, BranchRows rows, IReadOnlyList<string> actual)
    {
        ILookup<string, string> found = actual.Where(line => !Lines.IsLate(line)).ToLookup(Lines.NameOf, Lines.ValueOf);
        string[] expected = [.. Final(branch.Expect(rows))];
        string[] missing = [.. expected.Where(line => !found[Lines.NameOf(line)].Any(value => branch.Covers!(Lines.ValueOf(line), value)))];
        string[] extra = [.. found.Select(name => name.Key).Except(expected.Select(Lines.NameOf))];
        return missing.Length + extra.Length == 0
            ? null
            : $"not at least once: {missing.Length} are missing ({string.Join(", ", missing.Take(Shown))}), "
            + $"{extra.Length} too many ({string.Join(", ", extra.Take(Shown))})";
    }

    private static IEnumerable<string> Final(IEnumerable<string> lines)
    {
        Dictionary<string, string> last = new(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            last[Lines.NameOf(line)] = Lines.ValueOf(line);
        }

        return last.Select(line => $"{line.Key}={line.Value}");
    }

    private static string? Differences(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (string line in expected)
        {
            counts[line] = counts.GetValueOrDefault(line) + 1;
        }

        foreach (string line in actual)
        {
            counts[line] = counts.GetValueOrDefault(line) - 1;
        }

        string[] missing = [.. counts.Where(count => count.Value > 0).Select(count => $"'{count.Key}' {count.Value}x").Order(StringComparer.Ordinal)];
        string[] extra = [.. counts.Where(count => count.Value < 0).Select(count => $"'{count.Key}' {-count.Value}x").Order(StringComparer.Ordinal)];
        return missing.Length + extra.Length == 0
            ? null
            : $"{missing.Length} are missing ({string.Join(", ", missing.Take(Shown))}), "
            + $"{extra.Length} too many ({string.Join(", ", extra.Take(Shown))})";
    }
}
