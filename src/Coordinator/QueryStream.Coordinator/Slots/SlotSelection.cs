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
    /// Chooses subtasks to move, so that no worker with a free slot has two fewer of a job than another one. One after the other, each from
    /// the worker that has the most to the one that has the fewest; among equals the first one.
    /// </summary>
    /// <param name="workers">Each worker's slots: true where they cannot be given, and true where the job holds them.</param>
    /// <returns>Each slot of the job whose subtasks move, and the free one to which they do.</returns>
    public static IReadOnlyList<(SlotId From, SlotId To)> Spread(IReadOnlyList<(WorkerId Worker, bool[] Used, bool[] Own)> workers)
    {
        bool[][] used = [.. workers.Select(worker => (bool[])worker.Used.Clone())];
        bool[][] own = [.. workers.Select(worker => (bool[])worker.Own.Clone())];
        int[] counts = [.. own.Select(slots => slots.Count(isOwn => isOwn))];
        List<(SlotId From, SlotId To)> moves = [];
        while (true)
        {
            int most = -1;
            int fewest = -1;
            for (int candidate = 0; candidate < workers.Count; candidate++)
            {
                most = counts[candidate] > 0 && (most < 0 || counts[candidate] > counts[most]) ? candidate : most;
                bool hasFree = Array.IndexOf(used[candidate], false) >= 0;
                fewest = hasFree && (fewest < 0 || counts[candidate] < counts[fewest]) ? candidate : fewest;
            }

            if (most < 0 || fewest < 0 || counts[most] - counts[fewest] < 2)
            {
                return moves;
            }

            int from = Array.LastIndexOf(own[most], true);
            int to = Array.IndexOf(used[fewest], false);
            own[most][from] = false;
            used[fewest][to] = true;
            counts[most]--;
            counts[fewest]++;
            moves.Add((new SlotId(workers[most].Worker, from), new SlotId(workers[fewest].Worker, to)));
        }
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
