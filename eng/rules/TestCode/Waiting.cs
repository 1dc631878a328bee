namespace QueryStream.Rules.TestCode;

internal static class Waiting
{
    public static Task[] Delays(CancellationToken cancellationToken) =>
    [
        Task.Delay(1, CancellationToken.None), // RS0030
        Task.Delay(TimeSpan.Zero, cancellationToken), // RS0030
        Task.Delay(TimeSpan.Zero, TimeProvider.System, cancellationToken),
    ];

    public static void Spin(Func<bool> condition) => SpinWait.SpinUntil(condition); // RS0030
}
