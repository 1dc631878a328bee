using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// An order of values that is the same on every machine: the order of <see cref="IComparable{T}"/>, except that strings, also in tuples, are compared
/// by UTF-16 code units and not by the machine's culture. Null comes first.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
internal static class OrdinalOrder<T>
{
    // Null if the type's own order does not depend on the culture; the JIT then removes the condition.
    private static readonly Comparison<T>? Special =
        typeof(T) == typeof(string) ? (left, right) => string.CompareOrdinal((string?)(object?)left, (string?)(object?)right)
        : HasStrings(typeof(T)) ? CompareFields()
        : null;

    /// <summary>Less than 0 if the left value comes first, greater than 0 if the right one does.</summary>
    public static int Compare(T left, T right) => Special is null ? Comparer<T>.Default.Compare(left, right) : Special(left, right);

    private static bool IsTuple(Type type) => type.IsValueType && type.IsAssignableTo(typeof(ITuple));

    private static bool HasStrings(Type type) => type == typeof(string) || (IsTuple(type) && type.GetGenericArguments().Any(HasStrings));

    // Compares field by field until one differs.
    private static Comparison<T> CompareFields()
    {
        ParameterExpression left = Expression.Parameter(typeof(T));
        ParameterExpression right = Expression.Parameter(typeof(T));
        ParameterExpression result = Expression.Variable(typeof(int));
        LabelTarget end = Expression.Label(typeof(int));
        IEnumerable<Expression> fields = typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public).SelectMany(field => new Expression[]
        {
            Expression.Assign(result, Expression.Call(CompareOf(field.FieldType), Expression.Field(left, field), Expression.Field(right, field))),
            Expression.IfThen(Expression.NotEqual(result, Expression.Constant(0)), Expression.Return(end, result)),
        });
        BlockExpression body = Expression.Block([result], [.. fields, Expression.Label(end, Expression.Constant(0))]);
        return Expression.Lambda<Comparison<T>>(body, left, right).Compile();
    }

    private static MethodInfo CompareOf(Type type) => typeof(OrdinalOrder<>).MakeGenericType(type).GetMethod(nameof(Compare))!;
}
