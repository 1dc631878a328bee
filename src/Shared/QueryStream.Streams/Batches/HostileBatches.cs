using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

        // SplitMix64: Steele, Lea, Flood, OOPSLA 2014.
        random += 0x9E3779B97F4A7C15;
        ulong z = (random ^ (random >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        uint drawn = (uint)(z >> 32);
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
