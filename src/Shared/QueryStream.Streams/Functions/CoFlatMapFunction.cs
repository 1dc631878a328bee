namespace QueryStream.Streams.Functions;

/// <summary>Maps each row of two streams to any number of rows.</summary>
internal sealed class CoFlatMapFunction<TLeft, TRight, TOut> : CoProcessFunction<TLeft, TRight, TOut>
{
    private readonly FlatMapFunction<TLeft, TOut> _left;
    private readonly FlatMapFunction<TRight, TOut> _right;
    private readonly Action<TOut> _emit;
    private ProcessContext<TOut> _context = null!;

    public CoFlatMapFunction(FlatMapFunction<TLeft, TOut> left, FlatMapFunction<TRight, TOut> right)
    {
        _left = left;
        _right = right;
        _emit = row => _context.Emit(row);
    }

    public override void ProcessLeft(in TLeft row, ProcessContext<TOut> context)
    {
        _context = context;
        _left(row, _emit);
    }

    public override void ProcessRight(in TRight row, ProcessContext<TOut> context)
    {
        _context = context;
        _right(row, _emit);
    }
}

/// <summary>Maps each row of two streams to one row.</summary>
internal sealed class CoMapFunction<TLeft, TRight, TOut>(Func<TLeft, TOut> left, Func<TRight, TOut> right) : CoProcessFunction<TLeft, TRight, TOut>
{
    public override void ProcessLeft(in TLeft row, ProcessContext<TOut> context) => context.Emit(left(row));

    public override void ProcessRight(in TRight row, ProcessContext<TOut> context) => context.Emit(right(row));
}
