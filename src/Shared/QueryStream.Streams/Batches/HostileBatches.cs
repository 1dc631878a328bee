using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QueryStream.Core;

namespace QueryStream.Streams.Batches;

/// <summary>The effects of hostile mode on batches.</summary>
internal static class HostileBatches
{
    private const byte PoisonByte = 0xA5;
    private const int SmallLimit = 8;

    // For threads outside of a simulation.
    [ThreadStatic]
    private static ulong ThreadRandom;

    /// <summary>A random number of rows, mostly small, at which a batch counts as full. A simulation repeats the numbers of its seed.</summary>
    public static int NextLimit()
    {
        ref ulong random = ref ThreadRandom;
        if (BatchLedger.Current is { } ledger)
        {
            random = ref ledger.Random;
        }

        uint drawn = (uint)(SeededRandom.Next(ref random) >> 32);
        return drawn % 4 == 0 ? Batch.MaxRows - (int)(drawn / 4 % Batch.MaxRows) : 1 + (int)(drawn / 4 % SmallLimit);
    }

    /// <summary>Overwrites the rows of a released batch, so that a later read of them produces wrong results that tests detect.</summary>
    public static void Poison<T>(T[] rows, int count)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Array.Clear(rows, 0, count);
            return;
        }

        ref byte first = ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(rows));
        MemoryMarshal.CreateSpan(ref first, count * Unsafe.SizeOf<T>()).Fill(PoisonByte);
    }
}
