using QueryStream.Core.Texts;

namespace QueryStream.Core.Keys;

internal sealed class TupleKey<T1> : KeyType<ValueTuple<T1>>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;

    public override ulong Hash(in ValueTuple<T1> key) => First.Hash(key.Item1);

    public override bool AreEqual(in ValueTuple<T1> a, in ValueTuple<T1> b) =>
        First.AreEqual(a.Item1, b.Item1);

    public override ValueTuple<T1> Keep(in ValueTuple<T1> key, TextArena arena) => new(
        First.Keep(key.Item1, arena));

    public override int PayloadBytes(in ValueTuple<T1> key) =>
        First.PayloadBytes(key.Item1);
}

internal sealed class TupleKey<T1, T2> : KeyType<(T1, T2)>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;
    private static readonly KeyType<T2> Second = KeyType<T2>.Instance;

    public override ulong Hash(in (T1, T2) key)
    {
        ulong hash = First.Hash(key.Item1);
        return StableHash.Combine(hash, Second.Hash(key.Item2));
    }

    public override bool AreEqual(in (T1, T2) a, in (T1, T2) b) =>
        First.AreEqual(a.Item1, b.Item1)
        && Second.AreEqual(a.Item2, b.Item2);

    public override (T1, T2) Keep(in (T1, T2) key, TextArena arena) => (
        First.Keep(key.Item1, arena),
        Second.Keep(key.Item2, arena));

    public override int PayloadBytes(in (T1, T2) key) =>
        First.PayloadBytes(key.Item1)
        + Second.PayloadBytes(key.Item2);
}

internal sealed class TupleKey<T1, T2, T3> : KeyType<(T1, T2, T3)>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;
    private static readonly KeyType<T2> Second = KeyType<T2>.Instance;
    private static readonly KeyType<T3> Third = KeyType<T3>.Instance;

    public override ulong Hash(in (T1, T2, T3) key)
    {
        ulong hash = First.Hash(key.Item1);
        hash = StableHash.Combine(hash, Second.Hash(key.Item2));
        return StableHash.Combine(hash, Third.Hash(key.Item3));
    }

    public override bool AreEqual(in (T1, T2, T3) a, in (T1, T2, T3) b) =>
        First.AreEqual(a.Item1, b.Item1)
        && Second.AreEqual(a.Item2, b.Item2)
        && Third.AreEqual(a.Item3, b.Item3);

    public override (T1, T2, T3) Keep(in (T1, T2, T3) key, TextArena arena) => (
        First.Keep(key.Item1, arena),
        Second.Keep(key.Item2, arena),
        Third.Keep(key.Item3, arena));

    public override int PayloadBytes(in (T1, T2, T3) key) =>
        First.PayloadBytes(key.Item1)
        + Second.PayloadBytes(key.Item2)
        + Third.PayloadBytes(key.Item3);
}

internal sealed class TupleKey<T1, T2, T3, T4> : KeyType<(T1, T2, T3, T4)>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;
    private static readonly KeyType<T2> Second = KeyType<T2>.Instance;
    private static readonly KeyType<T3> Third = KeyType<T3>.Instance;
    private static readonly KeyType<T4> Fourth = KeyType<T4>.Instance;

    public override ulong Hash(in (T1, T2, T3, T4) key)
    {
        ulong hash = First.Hash(key.Item1);
        hash = StableHash.Combine(hash, Second.Hash(key.Item2));
        hash = StableHash.Combine(hash, Third.Hash(key.Item3));
        return StableHash.Combine(hash, Fourth.Hash(key.Item4));
    }

    public override bool AreEqual(in (T1, T2, T3, T4) a, in (T1, T2, T3, T4) b) =>
        First.AreEqual(a.Item1, b.Item1)
        && Second.AreEqual(a.Item2, b.Item2)
        && Third.AreEqual(a.Item3, b.Item3)
        && Fourth.AreEqual(a.Item4, b.Item4);

    public override (T1, T2, T3, T4) Keep(in (T1, T2, T3, T4) key, TextArena arena) => (
        First.Keep(key.Item1, arena),
        Second.Keep(key.Item2, arena),
        Third.Keep(key.Item3, arena),
        Fourth.Keep(key.Item4, arena));

    public override int PayloadBytes(in (T1, T2, T3, T4) key) =>
        First.PayloadBytes(key.Item1)
        + Second.PayloadBytes(key.Item2)
        + Third.PayloadBytes(key.Item3)
        + Fourth.PayloadBytes(key.Item4);
}

internal sealed class TupleKey<T1, T2, T3, T4, T5> : KeyType<(T1, T2, T3, T4, T5)>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;
    private static readonly KeyType<T2> Second = KeyType<T2>.Instance;
    private static readonly KeyType<T3> Third = KeyType<T3>.Instance;
    private static readonly KeyType<T4> Fourth = KeyType<T4>.Instance;
    private static readonly KeyType<T5> Fifth = KeyType<T5>.Instance;

    public override ulong Hash(in (T1, T2, T3, T4, T5) key)
    {
        ulong hash = First.Hash(key.Item1);
        hash = StableHash.Combine(hash, Second.Hash(key.Item2));
        hash = StableHash.Combine(hash, Third.Hash(key.Item3));
        hash = StableHash.Combine(hash, Fourth.Hash(key.Item4));
        return StableHash.Combine(hash, Fifth.Hash(key.Item5));
    }

    public override bool AreEqual(in (T1, T2, T3, T4, T5) a, in (T1, T2, T3, T4, T5) b) =>
        First.AreEqual(a.Item1, b.Item1)
        && Second.AreEqual(a.Item2, b.Item2)
        && Third.AreEqual(a.Item3, b.Item3)
        && Fourth.AreEqual(a.Item4, b.Item4)
        && Fifth.AreEqual(a.Item5, b.Item5);

    public override (T1, T2, T3, T4, T5) Keep(in (T1, T2, T3, T4, T5) key, TextArena arena) => (
        First.Keep(key.Item1, arena),
        Second.Keep(key.Item2, arena),
        Third.Keep(key.Item3, arena),
        Fourth.Keep(key.Item4, arena),
        Fifth.Keep(key.Item5, arena));

    public override int PayloadBytes(in (T1, T2, T3, T4, T5) key) =>
        First.PayloadBytes(key.Item1)
        + Second.PayloadBytes(key.Item2)
        + Third.PayloadBytes(key.Item3)
        + Fourth.PayloadBytes(key.Item4)
        + Fifth.PayloadBytes(key.Item5);
}

internal sealed class TupleKey<T1, T2, T3, T4, T5, T6> : KeyType<(T1, T2, T3, T4, T5, T6)>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;
    private static readonly KeyType<T2> Second = KeyType<T2>.Instance;
    private static readonly KeyType<T3> Third = KeyType<T3>.Instance;
    private static readonly KeyType<T4> Fourth = KeyType<T4>.Instance;
    private static readonly KeyType<T5> Fifth = KeyType<T5>.Instance;
    private static readonly KeyType<T6> Sixth = KeyType<T6>.Instance;

    public override ulong Hash(in (T1, T2, T3, T4, T5, T6) key)
    {
        ulong hash = First.Hash(key.Item1);
        hash = StableHash.Combine(hash, Second.Hash(key.Item2));
        hash = StableHash.Combine(hash, Third.Hash(key.Item3));
        hash = StableHash.Combine(hash, Fourth.Hash(key.Item4));
        hash = StableHash.Combine(hash, Fifth.Hash(key.Item5));
        return StableHash.Combine(hash, Sixth.Hash(key.Item6));
    }

    public override bool AreEqual(in (T1, T2, T3, T4, T5, T6) a, in (T1, T2, T3, T4, T5, T6) b) =>
        First.AreEqual(a.Item1, b.Item1)
        && Second.AreEqual(a.Item2, b.Item2)
        && Third.AreEqual(a.Item3, b.Item3)
        && Fourth.AreEqual(a.Item4, b.Item4)
        && Fifth.AreEqual(a.Item5, b.Item5)
        && Sixth.AreEqual(a.Item6, b.Item6);

    public override (T1, T2, T3, T4, T5, T6) Keep(in (T1, T2, T3, T4, T5, T6) key, TextArena arena) => (
        First.Keep(key.Item1, arena),
        Second.Keep(key.Item2, arena),
        Third.Keep(key.Item3, arena),
        Fourth.Keep(key.Item4, arena),
        Fifth.Keep(key.Item5, arena),
        Sixth.Keep(key.Item6, arena));

    public override int PayloadBytes(in (T1, T2, T3, T4, T5, T6) key) =>
        First.PayloadBytes(key.Item1)
        + Second.PayloadBytes(key.Item2)
        + Third.PayloadBytes(key.Item3)
        + Fourth.PayloadBytes(key.Item4)
        + Fifth.PayloadBytes(key.Item5)
        + Sixth.PayloadBytes(key.Item6);
}

internal sealed class TupleKey<T1, T2, T3, T4, T5, T6, T7> : KeyType<(T1, T2, T3, T4, T5, T6, T7)>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;
    private static readonly KeyType<T2> Second = KeyType<T2>.Instance;
    private static readonly KeyType<T3> Third = KeyType<T3>.Instance;
    private static readonly KeyType<T4> Fourth = KeyType<T4>.Instance;
    private static readonly KeyType<T5> Fifth = KeyType<T5>.Instance;
    private static readonly KeyType<T6> Sixth = KeyType<T6>.Instance;
    private static readonly KeyType<T7> Seventh = KeyType<T7>.Instance;

    public override ulong Hash(in (T1, T2, T3, T4, T5, T6, T7) key)
    {
        ulong hash = First.Hash(key.Item1);
        hash = StableHash.Combine(hash, Second.Hash(key.Item2));
        hash = StableHash.Combine(hash, Third.Hash(key.Item3));
        hash = StableHash.Combine(hash, Fourth.Hash(key.Item4));
        hash = StableHash.Combine(hash, Fifth.Hash(key.Item5));
        hash = StableHash.Combine(hash, Sixth.Hash(key.Item6));
        return StableHash.Combine(hash, Seventh.Hash(key.Item7));
    }

    public override bool AreEqual(in (T1, T2, T3, T4, T5, T6, T7) a, in (T1, T2, T3, T4, T5, T6, T7) b) =>
        First.AreEqual(a.Item1, b.Item1)
        && Second.AreEqual(a.Item2, b.Item2)
        && Third.AreEqual(a.Item3, b.Item3)
        && Fourth.AreEqual(a.Item4, b.Item4)
        && Fifth.AreEqual(a.Item5, b.Item5)
        && Sixth.AreEqual(a.Item6, b.Item6)
        && Seventh.AreEqual(a.Item7, b.Item7);

    public override (T1, T2, T3, T4, T5, T6, T7) Keep(in (T1, T2, T3, T4, T5, T6, T7) key, TextArena arena) => (
        First.Keep(key.Item1, arena),
        Second.Keep(key.Item2, arena),
        Third.Keep(key.Item3, arena),
        Fourth.Keep(key.Item4, arena),
        Fifth.Keep(key.Item5, arena),
        Sixth.Keep(key.Item6, arena),
        Seventh.Keep(key.Item7, arena));

    public override int PayloadBytes(in (T1, T2, T3, T4, T5, T6, T7) key) =>
        First.PayloadBytes(key.Item1)
        + Second.PayloadBytes(key.Item2)
        + Third.PayloadBytes(key.Item3)
        + Fourth.PayloadBytes(key.Item4)
        + Fifth.PayloadBytes(key.Item5)
        + Sixth.PayloadBytes(key.Item6)
        + Seventh.PayloadBytes(key.Item7);
}
