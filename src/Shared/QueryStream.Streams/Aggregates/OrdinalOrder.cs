using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace QueryStream.Streams.Aggregates;

/// <summary>
/// The order of values, the same on every machine: that of <see cref="IComparable{T}"/>, but strings by their UTF-16 code units, also within
/// tuples, where .NET would take the order of the machine's language. Null comes first.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
internal static class OrdinalOrder<T>
{
    // Null where the type's own order depends on no language; the JIT then removes the test.
    private static readonly Comparison<T>? Special =
        typeof(T) == typeof(string) ? (left, right) => string.CompareOrdinal((string?)(object?)left, (string?)(object?)right)
        : HasStrings(typeof(T)) ? CompareFields()
        : null;

    /// <summary>Less than 0 where the left value comes first, more than 0 where the right one does.</summary>
    public static int Compare(T left, T right) => Special is null ? Comparer<T>.Default.Compare(left, right) : Special(left, right);

    private static bool IsTuple(Type type) => type.IsValueType && type.IsAssignableTo(typeof(ITuple));

    private static bool HasStrings(Type type) => type == typeof(string) || (IsTuple(type) && type.GetGenericArguments().Any(HasStrings));

    // The first field that differs decides.
    private static Comparison<T> CompareFields()
    {
        ParameterExpression left = Expression.Parameter(typeof(T));
        ParameterExpression right = Expression.Parameter(typeof(T));
        ParameterExpression result = Expression.Variable(typeof(int));
        LabelTarget end = Expression.Label(typeof(int));
        IEnumerable<Expression> fields = typeof(T).GetFields(BindingFlags.Instance | BindingFlags.Public).SelectMany(field => new Expression[]
        {
            Expression.Assign(result, Expression.Call(
                typeof(OrdinalOrder<>).MakeGenericType(field.FieldType).GetMethod(nameof(Compare))!, Expression.Field(left, field), Expression.Field(right, field))),
            Expression.IfThen(Expression.NotEqual(result, Expression.Constant(0)), Expression.Return(end, result)),
        });
        return Expression.Lambda<Comparison<T>>(Expression.Block([result], [.. fields, Expression.Label(end, Expression.Constant(0))]), left, right).Compile();
    }
}
