namespace QueryStream.Streams.Functions;

/// <summary>Makes one row of each row of two streams.</summary>
internal sealed class CoMapFunction<TLeft, TRight, TOut>(Func<TLeft, TOut> left, Func<TRight, TOut> right) : CoProcessFunction<TLeft, TRight, TOut>
{
    public override void ProcessLeft(in TLeft row, ProcessContext<TOut> context) => context.Emit(left(row));

    public override void ProcessRight(in TRight row, ProcessContext<TOut> context) => context.Emit(right(row));
}
