%% Times messages between processes and calls of a server; prints "<case> <nanoseconds per message>" lines, of the best slice.
-module(sonde_actors).
-behaviour(gen_server).
-export([main/0, ping_pong/0, fan_in/0, call/0, init/1, handle_call/3, handle_cast/2]).

-define(MESSAGES, 300000).
-define(SENDERS, 10).
-define(SLICES, 3).

main() ->
    report("ping-pong", ping_pong),
    report("fan-in", fan_in),
    report("call", call),
    halt(0).

%% Two processes that send each other a new message for each that they get.
ping_pong() ->
    Self = self(),
    Ping = spawn_link(fun() -> player(Self) end),
    Pong = spawn_link(fun() -> player(Self) end),
    Ping ! {ball, ?MESSAGES - 1, Pong},
    receive done -> ok end,
    [unlink(Player) andalso exit(Player, kill) || Player <- [Ping, Pong]],
    ok.

player(Main) ->
    receive
        {ball, 0, _} -> Main ! done;
        {ball, Left, From} -> From ! {ball, Left - 1, self()}
    end,
    player(Main).

%% Ten processes that send to one.
fan_in() ->
    Self = self(),
    Each = ?MESSAGES div ?SENDERS,
    [spawn_link(fun() -> send(Self, Each) end) || _ <- lists:seq(1, ?SENDERS)],
    collect(Each * ?SENDERS).

send(_, 0) -> ok;
send(To, Left) ->
    To ! {item, Left},
    send(To, Left - 1).

collect(0) -> ok;
collect(Left) -> receive {item, _} -> collect(Left - 1) end.

call() ->
    {ok, Server} = gen_server:start_link(?MODULE, 0, []),
    call(Server, ?MESSAGES),
    gen_server:stop(Server).

call(_, 0) -> ok;
call(Server, Left) ->
    _ = gen_server:call(Server, 1),
    call(Server, Left - 1).

init(Total) -> {ok, Total}.

handle_call(Number, _From, Total) -> {reply, Total + Number, Total + Number}.

handle_cast(_, Total) -> {noreply, Total}.

report(Case, Loop) ->
    _ = time(Loop),
    Best = lists:min([time(Loop) || _ <- lists:seq(1, ?SLICES)]),
    io:format("~s ~.2f~n", [Case, Best * 1000 / ?MESSAGES]).

%% The lesser of processor and wall time: when others have the processor meanwhile, that does not count.
time(Loop) ->
    _ = erlang:statistics(runtime),
    {Wall, ok} = timer:tc(?MODULE, Loop, []),
    {_, Milliseconds} = erlang:statistics(runtime),
    min(Wall, Milliseconds * 1000).
