using System.ComponentModel;

namespace QueryStream.Streams;

/// <summary>
/// LINQ's names for methods that streams name differently: calling one is a compile-time error with the stream's name. Otherwise the compiler would
/// suggest LINQ's own methods, which do not apply to streams.
/// </summary>
#pragma warning disable CS1591 // The message of each method says what to use instead.
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LinqNames
{
    private const string UseFilter = "A stream has no Where. Use Filter(row => condition).";
    private const string UseMap = "A stream has no Select. Use Map(row => result), or MapAsync for asynchronous calls.";
    private const string UseFlatMap = "A stream has no SelectMany. Use FlatMap((row, emit) => …).";
    private const string UseKeyBy = "A stream has no GroupBy. Use KeyBy(row => key), then Window(…).Aggregate(…) or Process(…).";
    private const string UseJoin = "A stream has no Join. Use KeyBy on both streams, then Join.";
    private const string UseUnion = "A stream has no Concat. Use Union(other).";
    private const string UseAggregate =
        "A stream has no end, so nothing can be counted or summed over all of it. "
        + "Use KeyBy(…).Window(…).Aggregate(rows => rows.Count()), or Sum, Average, Min, Max.";

    private const string UseWindowAggregate =
        "Windows have no such method. Use Aggregate(rows => rows.Count()), or Sum, Average, Min, Max; return a tuple for several at once.";
    private const string NoEnd =
        "A stream has no end, so its rows cannot be sorted or listed as a whole. Use Window(…), with Top, Collect or CountDistinct in Aggregate.";

    [Obsolete(UseFilter, error: true)]
    public static Stream<T> Where<T>(this Stream<T> stream, Func<T, bool> condition) => throw new NotSupportedException(UseFilter);

    [Obsolete(UseMap, error: true)]
    public static Stream<TOut> Select<T, TOut>(this Stream<T> stream, Func<T, TOut> function) => throw new NotSupportedException(UseMap);

    [Obsolete(UseFlatMap, error: true)]
    public static Stream<TOut> SelectMany<T, TOut>(this Stream<T> stream, Func<T, IEnumerable<TOut>> function) =>
        throw new NotSupportedException(UseFlatMap);

    [Obsolete(UseKeyBy, error: true)]
    public static KeyedStream<T, TKey> GroupBy<T, TKey>(this Stream<T> stream, Func<T, TKey> key) => throw new NotSupportedException(UseKeyBy);

    [Obsolete(UseJoin, error: true)]
    public static Stream<TOut> Join<T, TOther, TKey, TOut>(
        this Stream<T> stream, Stream<TOther> other, Func<T, TKey> key, Func<TOther, TKey> otherKey, Func<T, TOther, TOut> result) =>
        throw new NotSupportedException(UseJoin);

    [Obsolete(UseUnion, error: true)]
    public static Stream<T> Concat<T>(this Stream<T> stream, Stream<T> other) => throw new NotSupportedException(UseUnion);

    [Obsolete(NoEnd, error: true)]
    public static Stream<T> Distinct<T>(this Stream<T> stream) => throw new NotSupportedException(NoEnd);

    [Obsolete(NoEnd, error: true)]
    public static Stream<T> OrderBy<T, TKey>(this Stream<T> stream, Func<T, TKey> key) => throw new NotSupportedException(NoEnd);

    [Obsolete(NoEnd, error: true)]
    public static List<T> ToList<T>(this Stream<T> stream) => throw new NotSupportedException(NoEnd);

    [Obsolete(UseAggregate, error: true)]
    public static long Count<T>(this Stream<T> stream) => throw new NotSupportedException(UseAggregate);

    [Obsolete(UseAggregate, error: true)]
    public static long Count<T>(this Stream<T> stream, Func<T, bool> condition) => throw new NotSupportedException(UseAggregate);

    [Obsolete(UseAggregate, error: true)]
    public static TValue Sum<T, TValue>(this Stream<T> stream, Func<T, TValue> value) => throw new NotSupportedException(UseAggregate);

    [Obsolete(UseAggregate, error: true)]
    public static double Average<T, TValue>(this Stream<T> stream, Func<T, TValue> value) => throw new NotSupportedException(UseAggregate);

    [Obsolete(UseAggregate, error: true)]
    public static TValue Min<T, TValue>(this Stream<T> stream, Func<T, TValue> value) => throw new NotSupportedException(UseAggregate);

    [Obsolete(UseAggregate, error: true)]
    public static TValue Max<T, TValue>(this Stream<T> stream, Func<T, TValue> value) => throw new NotSupportedException(UseAggregate);

    [Obsolete(UseAggregate, error: true)]
    public static long Count<T, TKey>(this KeyedStream<T, TKey> stream) => throw new NotSupportedException(UseAggregate);

    [Obsolete(UseAggregate, error: true)]
    public static TValue Sum<T, TKey, TValue>(this KeyedStream<T, TKey> stream, Func<T, TValue> value) =>
        throw new NotSupportedException(UseAggregate);

    [Obsolete(UseAggregate, error: true)]
    public static Stream<TOut> Select<T, TKey, TOut>(this KeyedStream<T, TKey> stream, Func<T, TOut> function) =>
        throw new NotSupportedException(UseAggregate);

    [Obsolete(UseWindowAggregate, error: true)]
    public static long Count<T, TKey>(this WindowedStream<T, TKey> windows) => throw new NotSupportedException(UseWindowAggregate);

    [Obsolete(UseWindowAggregate, error: true)]
    public static TValue Sum<T, TKey, TValue>(this WindowedStream<T, TKey> windows, Func<T, TValue> value) =>
        throw new NotSupportedException(UseWindowAggregate);

    [Obsolete(UseWindowAggregate, error: true)]
    public static double Average<T, TKey, TValue>(this WindowedStream<T, TKey> windows, Func<T, TValue> value) =>
        throw new NotSupportedException(UseWindowAggregate);

    [Obsolete(UseWindowAggregate, error: true)]
    public static TValue Min<T, TKey, TValue>(this WindowedStream<T, TKey> windows, Func<T, TValue> value) =>
        throw new NotSupportedException(UseWindowAggregate);

    [Obsolete(UseWindowAggregate, error: true)]
    public static TValue Max<T, TKey, TValue>(this WindowedStream<T, TKey> windows, Func<T, TValue> value) =>
        throw new NotSupportedException(UseWindowAggregate);

    [Obsolete(UseWindowAggregate, error: true)]
    public static Stream<TOut> Select<T, TKey, TOut>(this WindowedStream<T, TKey> windows, Func<T, TOut> function) =>
        throw new NotSupportedException(UseWindowAggregate);
}
