using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Slots;

/// <summary>Chooses slots so that workers are evenly used. Pure.</summary>
internal static class SlotSelection
{
    /// <summary>
    /// Chooses free slots one by one, each on the worker whose share of used slots would be the lowest with it; among equals on the
    /// first one. So subtasks go round the workers, and a worker with twice the slots gets twice the subtasks.
    /// </summary>
    /// <param name="workers">Each worker's slots, true where used.</param>
    /// <param name="needed">How many slots.</param>
    /// <returns>One slot for each subtask, in their order; null if too few are free.</returns>
    public static IReadOnlyList<SlotId>? Choose(IReadOnlyList<(WorkerId Worker, bool[] Used)> workers, int needed)
    {
        int[] used = [.. workers.Select(worker => worker.Used.Count(isUsed => isUsed))];
        bool[][] taken = [.. workers.Select(worker => (bool[])worker.Used.Clone())];
        List<SlotId> chosen = new(needed);
        while (chosen.Count < needed)
        {
            int best = -1;
            for (int candidate = 0; candidate < workers.Count; candidate++)
            {
                if (used[candidate] < taken[candidate].Length && (best < 0 || LessUsed(candidate, best)))
                {
                    best = candidate;
                }
            }

            if (best < 0)
            {
                return null;
            }

            int slot = Array.IndexOf(taken[best], false);
            taken[best][slot] = true;
            used[best]++;
            chosen.Add(new SlotId(workers[best].Worker, slot));
        }

        return chosen;

        // (used + 1) / slots of one against the other, without division.
        bool LessUsed(int a, int b) => (long)(used[a] + 1) * taken[b].Length < (long)(used[b] + 1) * taken[a].Length;
    }

    /// <summary>
    /// Orders the slots of the next attempt so that as many subtasks as possible stay in their worker, which has their state and their compiled code.
    /// </summary>
    /// <param name="former">The slot of each subtask before; empty: there were none.</param>
    /// <param name="slots">Those of the next attempt.</param>
    /// <param name="count">How many subtasks it has, at most as many as there are slots.</param>
    /// <returns>One slot for each subtask, and behind them those that are not needed.</returns>
    public static IReadOnlyList<AllocatedSlot> KeepWorkers(IReadOnlyList<AllocatedSlot> former, IReadOnlyList<AllocatedSlot> slots, int count)
    {
        List<AllocatedSlot> left = [.. slots];
        AllocatedSlot?[] ordered = new AllocatedSlot?[count];
        for (int subtask = 0; subtask < count && subtask < former.Count; subtask++)
        {
            int same = left.FindIndex(slot => slot.Slot.Worker == former[subtask].Slot.Worker);
            if (same >= 0)
            {
                ordered[subtask] = left[same];
                left.RemoveAt(same);
            }
        }

        int next = 0;
        return [.. ordered.Select(slot => slot ?? left[next++]), .. left.Skip(next)];
    }
}
