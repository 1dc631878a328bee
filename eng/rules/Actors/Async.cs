namespace QueryStream.Rules.Actors;

internal sealed class Async
{
    public static async Task AwaitAsync(Task task) => await task; // CA2007

    public static async Task ForwardAsync(Stream stream, byte[] bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await stream.WriteAsync(bytes, 0, bytes.Length).ConfigureAwait(false); // CA2016
    }

    public static int Block(Task<int> task) => task.Result; // VSTHRD002

    public static async void Lose() => await Task.Yield(); // VSTHRD100

    public static async Task BlockInsteadAsync(Stream stream)
    {
        stream.Flush(); // VSTHRD103
        await stream.FlushAsync().ConfigureAwait(false);
    }

    public static Task Unmarked() => Task.CompletedTask; // VSTHRD200

    public static void Forget(Task task) => task.ContinueWith(_ => { }, TaskScheduler.Default); // VSTHRD110
}
